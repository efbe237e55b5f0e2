import { test } from "uvu";
import * as assert from "uvu/assert";
import { functionViolations } from "./functions.js";
import { assertNone, listFiles, readFiles } from "./project.js";

/** A kernel is read closely, so it fits on a screen together with its comment. */
const KERNELS = { lines: 60, parameters: 5 };

test("no function of the kernels has over 60 lines or 5 parameters", () => {
  // AssemblyScript has no objects that cost nothing, so its functions take many numbers
  const files = readFiles(
    listFiles("src/kernels").filter(
      (path) => /\.m?ts$|\.mjs$/.test(path) && !path.startsWith("src/kernels/wasm/assembly/"),
    ),
  );
  assert.ok(files.has("src/kernels/reference/gemm-tiled.ts"));
  assertNone(functionViolations(files, KERNELS));
});

test("functions that are too long or take too much are found, however they are written", () => {
  const text = `
    export function six(a: number, b: Map<string, number>, c: (x: 1, y: 2) => void,
      { d, e }: { d: 1; e: 2 }, [f, g] = [1, 2], ...rest: number[]): void {
      if (a > 1 || b.size > 2 || g) call(1, 2, 3, 4, 5, 6);
    }
    export type Seven = (a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7) => void;
    class Some<T> {
      constructor(a: 1, b: 2, c: 3, d: 4, e: 5, f: 6) {}
      async method<X>(a: 1, b: 2, c: 3, d: 4, e: 5, f: 6): Promise<{ a: 1 }> { return long; }
      arrow = (a, b, c, d, e, f) => a;
    }
    interface Other {
      sign(this: Other, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6): void;
      fine(this: Other, a: 1, b: Map<1, 2>, c: 3, d: 4, e: 5): { a: 1, b: 2 };
    }
    const fine = ready ? call(1, 2, 3, 4, 5, 6) : other;
    const long = (a: number): number => {${"\n".repeat(60)}};
    const alsoLong = () => [${"\n".repeat(60)}];
    for (const [a, b, c, d, e, f, g] of pairs(1, 2, 3, 4, 5, 6)) {${"\n".repeat(60)}}
  `;
  assert.equal(functionViolations(new Map([["a.ts", text]]), KERNELS), [
    "a.ts:2: 6 parameters",
    "a.ts:6: 7 parameters",
    "a.ts:8: 6 parameters",
    "a.ts:9: 6 parameters",
    "a.ts:10: 6 parameters",
    "a.ts:13: 6 parameters",
    "a.ts:17: 61 lines",
    "a.ts:78: 61 lines",
  ]);
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry } from "leibniz/im2col";
import { geometryFields, type KernelArguments, layoutOf } from "../../dist/kernels/wasm/layout.js";
import { kernels } from "../../dist/kernels/wasm/table.js";

const { generated } = (await import(
  new URL("../../src/kernels/wasm/generate.mjs", import.meta.url).href
)) as { readonly generated: (table: unknown, layout: unknown) => string };

test("a call gives every argument of a kernel, and no other: the compiler says so", () => {
  const given: KernelArguments<"relu"> = { items: 1, x: 8, out: 16, length: 4 };
  assert.equal(Object.keys(given), ["items", ...layoutOf("relu").words]);
  // @ts-expect-error: out is missing
  const missing: KernelArguments<"relu"> = { items: 1, x: 8, length: 4 };
  // @ts-expect-error: relu has no y
  const unknown: KernelArguments<"relu"> = { items: 1, x: 8, out: 16, length: 4, y: 0 };
  // @ts-expect-error: a flag is true or false
  const flag: KernelArguments<"sgdUpdate">["nesterov"] = 1;
  // @ts-expect-error: an average pooling needs its geometry in every call
  const needed: KernelArguments<"averagePool2d">["geometry"] = null;
  const optional: KernelArguments<"products">["geometry"] = null;
  assert.equal([missing, unknown, flag, needed, optional].length, 5);
});

test("arguments follow one another in memory, numbers of 8 bytes first", () => {
  assert.equal(layoutOf("rmspropUpdate"), {
    numbers: ["learningRate", "alpha", "epsilon", "weightDecay"],
    words: ["value", "grad", "meanSquare", "length"],
    geometryAt: 48,
    bytes: 48,
  });
  assert.equal(layoutOf("maxPool2d"), {
    numbers: [],
    words: ["x", "scale", "shift", "out", "argmax", "channels", "rectify"],
    geometryAt: 28,
    bytes: 28 + 4 * 12,
  });
  const geometry = conv2dGeometry("test", 5, 6, { kernelSize: 2 });
  assert.equal([...geometryFields].sort(), Object.keys(geometry).sort());
  for (const name of Object.keys(kernels) as (keyof typeof kernels)[]) {
    const { numbers, words } = layoutOf(name);
    const all = [...numbers, ...words];
    assert.is(new Set(all).size, all.length, `${name}: each name once`);
  }
});

test("the kernels' side has a class for each row, and calls the function of its name", () => {
  const table = {
    constants: { EIGHT: 8 },
    kernels: {
      first: { items: "rows", bytes: "x" },
      stretch: {
        items: "rows",
        bytes: "x out",
        counts: "length",
        flags: "back",
        numbers: "factor",
        geometry: true,
        scratch: true,
        parts: true,
      },
    },
  };
  const text = generated(table, {
    geometryFields: ["H", "W"],
    jobFields: ["kernel", "chunks", "scratch"],
    ARGUMENTS_AT: 32,
    layoutOf: (name: string) =>
      name === "first"
        ? { numbers: [], words: ["x"], geometryAt: 4, bytes: 4 }
        : { numbers: ["factor"], words: ["x", "out", "length", "back"], geometryAt: 24, bytes: 32 },
  });
  for (const piece of [
    "export const EIGHT = 8;",
    "export class Geometry {\n  H: i32;\n  W: i32;\n}",
    "  done: i32;\n  kernel: i32;\n  chunks: i32;\n  scratch: usize;\n}",
    "export class FirstArguments {\n  x: usize;\n}",
    "export class StretchArguments {\n" +
      "  factor: f64;\n  x: usize;\n  out: usize;\n  length: i32;\n  back: i32;\n" +
      "  @inline\n  get geometry(): Geometry {\n" +
      "    return changetype<Geometry>(changetype<usize>(this) + 24);\n  }\n}",
    "changetype<usize>(job) + 32;",
    "case 0:\n      return chunks.first(\n        changetype<FirstArguments>(at), first, end,\n",
    "case 1:\n      return chunks.stretch(\n" +
      "        changetype<StretchArguments>(at), first, end, chunk, scratch,\n",
    "    case 1:\n      return chunks.stretchScratch(changetype<StretchArguments>(at));",
  ])
    assert.ok(text.includes(piece), `${piece}\n\nis not in\n\n${text}`);
  assert.not.ok(text.includes("firstScratch"));
});

test.run();

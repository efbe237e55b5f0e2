/** The kernels are compiled only where something has changed, and then they are. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../helpers/cli.js";

type Inputs = ReadonlyMap<string, string>;

const folder = join(root, "src/kernels/wasm");
const { inputsOf, isCurrent, moduleOf } = (await import(
  new URL("../../src/kernels/wasm/build.mjs", import.meta.url).href
)) as {
  readonly inputsOf: (table: string) => Inputs;
  readonly isCurrent: (text: string | null, inputs: Inputs) => boolean;
  readonly moduleOf: (bytes: Uint8Array, inputs: Inputs) => string;
};
const table = readFileSync(join(folder, "assembly/generated/table.ts"), "utf8");

test("what was built is current, and depends on sources, table, options and compiler", () => {
  const inputs = inputsOf(table);
  const text = readFileSync(join(root, "dist/kernels/wasm/binary.js"), "utf8");
  assert.ok(isCurrent(text, inputs));
  for (const name of ["compiler", "options", "generated/table.ts", "index.ts", "gemm.ts"]) {
    const value = inputs.get(name) ?? assert.unreachable(name);
    assert.not.ok(isCurrent(text, new Map(inputs).set(name, `${value} `)), name);
  }
  const without = new Map(inputs);
  without.delete("gemm.ts");
  assert.not.ok(isCurrent(text, without), "a file less");
  assert.not.ok(isCurrent(text, new Map(inputs).set("more.ts", "")), "a file more");
  assert.not.ok(isCurrent(text, inputsOf(`${table}\n`)), "another table");
});

test("a module that is not there, cut short or changed is built anew", () => {
  const inputs = new Map([["index.ts", "export const one = 1;"]]);
  const text = moduleOf(Uint8Array.of(1, 2, 3, 4, 5, 6), inputs);
  assert.ok(isCurrent(text, inputs));
  const [first, second] = text.split("\n") as [string, string];
  for (const other of [
    null,
    "",
    `${second}\n`,
    `${first}\n`,
    text.slice(0, -4),
    text.replace("AQID", "AQIE"),
    `${text}export const two = 2;\n`,
  ])
    assert.not.ok(isCurrent(other, inputs), String(other));
});

test.run();

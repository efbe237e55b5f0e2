import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { transform } from "esbuild";
import { catalog, layerFile } from "leibniz/gradcheck";
import { emptyBackward, type EmptiedFunction, leaveOutLine, stepsOf, TOOLS } from "leibniz/checks";
import * as tensors from "leibniz/tensor";
import { root } from "../../helpers/cli.js";

const sourceOf = (layer: string): string =>
  readFileSync(join(root, "src/backprop", `${layerFile(layer)}.ts`), "utf8");

test("what cites an equation is taken out of the backward pass, and nothing else", () => {
  const source = [
    'import { map } from "../tensor/index.js";',
    'import { recall } from "./layer.js";',
    "",
    "export async function gainForward(x: Tensor): Promise<Tensor> {",
    "  // (gain.1) out = 2·x",
    "  return map(x, (v) => 2 * v);",
    "}",
    "",
    "export async function gainBackward(dOut: Tensor): Promise<Tensor> {",
    "  return gainInputBackward(dOut);",
    "}",
    "",
    "export async function gainInputBackward<Wanted extends boolean = true>(",
    "  dOut: Tensor,",
    "): Promise<Tensor> {",
    "  check(dOut);",
    "  // (gain.3) dX = 2·dOut",
    "  return map(dOut, (v) => 2 * v);",
    "}",
    "",
  ].join("\n");
  const { text, functions } = emptyBackward(source);
  assert.equal(functions, [
    {
      name: "gainInputBackward",
      equations: [{ tag: "gain.3", formula: "dX = 2·dOut" }],
      lines: ["  // (gain.3) dX = 2·dOut", "  return map(dOut, (v) => 2 * v);"],
      stub: [
        "  // Yours. Hints, one after the other: node check.mjs --hint 1, --hint 2, …",
        "  return {} as never;",
      ],
      signature: [
        "export async function gainInputBackward<Wanted extends boolean = true>(",
        "  dOut: Tensor,",
        "): Promise<Tensor> {",
      ],
      before: ["  check(dOut);"],
    },
  ]);
  assert.match(
    text,
    'import { add, divide, map, multiply, subtract, sum, Tensor, zip } from "leibniz/tensor";\n' +
      'import { recall } from "leibniz/backprop/layer";',
  );
  assert.match(
    text,
    "  check(dOut);\n" +
      "  // Yours. Hints, one after the other: node check.mjs --hint 1, --hint 2, …\n" +
      "  return {} as never;\n}\n",
  );
  assert.match(text, "(gain.1) out = 2·x");
  assert.not.match(text, "gain.3");
});

test("an equation whose comment goes on in further lines is one formula", () => {
  const source = [
    "export function gainBackward(dOut: Tensor): Tensor {",
    "  // (gain.3) dX =",
    "  //   2·",
    "  //   dOut",
    "  // and no more",
    "  return map(dOut, (v) => 2 * v);",
    "}",
  ].join("\n");
  for (const { functions } of [emptyBackward(source), leaveOutLine(source, "gain.3")])
    assert.equal(functions[0]!.equations, [{ tag: "gain.3", formula: "dX = 2· dOut" }]);
});

/** The two exercises that are made of a layer's file. */
function exercisesOf(
  layer: string,
): readonly { text: string; functions: readonly EmptiedFunction[] }[] {
  const source = sourceOf(layer);
  return [emptyBackward(source), leaveOutLine(source, stepsOf[layer]!.line)];
}

/** All but the imports, which have other addresses in an exercise. */
const behindImports = (code: string): string => code.replace(/^import [^;]+;\n/gm, "");

test("every layer has something to write, and what was taken out fits in again", () => {
  for (const { layer } of catalog)
    for (const { text, functions } of exercisesOf(layer)) {
      assert.ok(functions.length > 0, `${layer}: nothing to write`);
      let whole = text;
      for (const { name, lines, stub } of functions) {
        assert.ok(lines.length > 0 && !text.includes(lines.join("\n")), `${layer}: ${name}`);
        assert.match(whole, stub.join("\n"), `${layer}: ${name}`);
        whole = whole.replace(stub.join("\n"), () => lines.join("\n"));
      }
      assert.is(behindImports(whole), behindImports(sourceOf(layer)), layer);
    }
});

test("the slope that a layer keeps is to be written as well", () => {
  const [all, line] = exercisesOf("gelu");
  assert.equal(
    all!.functions.map(({ name, equations }) => [name, equations.map(({ tag }) => tag)]),
    [
      ["geluSlope", ["activations.33"]],
      ["geluBackward", ["activations.4"]],
    ],
  );
  assert.equal(
    line!.functions.map(({ name }) => name),
    ["geluSlope"],
  );
  const [softplus] = emptyBackward(sourceOf("softplus")).functions;
  assert.equal(softplus!.equations, [{ tag: "activations.21", formula: "f′(x) = σ(x)" }]);
});

test("a factor made of the loss's own gradient is not given away", () => {
  for (const layer of ["meanSquaredError", "softmaxCrossEntropy"]) {
    const { text, functions } = emptyBackward(sourceOf(layer));
    assert.match(functions[0]!.lines.join("\n"), /^ {2}const factor = /m);
    const [, body] = text.split(`export async function ${functions[0]!.name}(`);
    assert.not.match(body!.split("\n}\n")[0]!, "dOut.item()");
  }
});

test("a line is left out with all equations above it; what is above and below it stays", () => {
  const source = [
    "export function gainBackward(dOut: Tensor): Gradients {",
    "  // (gain.3) dA = dOut",
    "  const dA = dOut;",
    "  if (isWanted) {",
    "    // (gain.4) dB = dA",
    "    // (gain.5) dX =",
    "    //   dB",
    "    const { dB, dX } = both(",
    "      dA,",
    "    );",
    "    return { dA, dB, dX };",
    "  }",
    "  return { dA }; // (gain.6) dA",
    "}",
    "",
  ];
  const { text, functions } = leaveOutLine(source.join("\n"), "gain.5");
  assert.equal(
    functions[0]!.equations.map(({ tag }) => tag),
    ["gain.4", "gain.5"],
  );
  assert.equal(functions[0]!.lines, source.slice(4, 10));
  const at = text.split("\n").indexOf("  if (isWanted) {");
  assert.equal(text.split("\n").slice(at, at + 6), [
    "  if (isWanted) {",
    "    // Yours, in place of the return below: const { dB, dX } = …   (gain.5)",
    "    // Hints, one after the other: node check.mjs --hint 1, --hint 2, …",
    "    return {} as never;",
    "    return { dA, dB, dX };",
    "  }",
  ]);
  const last = leaveOutLine(source.join("\n"), "gain.6");
  assert.equal(last.functions[0]!.lines, [source[12]]);
  assert.equal(leaveOutLine(source.join("\n"), "gain.9").functions, []);
});

test("every exercise is TypeScript as it is, and has its tools at hand", async () => {
  for (const { layer } of catalog)
    for (const { text } of exercisesOf(layer)) {
      const { code } = await transform(text, { loader: "ts", format: "esm" });
      assert.ok(code.includes("return {}"), layer);
      const names = /^import \{([^}]*)\} from "leibniz\/tensor";$/m.exec(text)![1]!.split(",");
      const imported = names.map((name) => name.trim());
      for (const tool of TOOLS) assert.ok(imported.includes(tool), `${layer}: ${tool}`);
      assert.is(new Set(imported.map((name) => name.replace("type ", ""))).size, imported.length);
    }
  for (const tool of TOOLS) assert.ok(tool in tensors, tool);
});

test("a loop around an equation is taken out as a whole", () => {
  const source = [
    "export function sumBackward(dOut: Tensor): Tensor {",
    "  const dX = check(dOut);",
    "  for (let n = 0; n < 3; n++) {",
    "    // (sum.2) dX[n] = dOut",
    "    dX.data[n] = dOut.item();",
    "  }",
    "  return dX;",
    "}",
    "",
  ].join("\n");
  const { text, functions } = emptyBackward(source);
  assert.equal(functions[0]!.lines, source.split("\n").slice(2, 7));
  assert.match(text, "  const dX = check(dOut);\n  // Yours.");
});

test.run();

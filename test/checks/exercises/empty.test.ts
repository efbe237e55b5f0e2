import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { transform } from "esbuild";
import { catalog, layerFile } from "leibniz/gradcheck";
import { emptyBackward, hintsFor, TOOLS } from "leibniz/checks";
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
  assert.equal(emptyBackward(source).functions[0]!.equations, [
    { tag: "gain.3", formula: "dX = 2· dOut" },
  ]);
});

test("every layer of the catalog makes an exercise with hints that end in its own lines", () => {
  for (const { layer } of catalog) {
    const source = sourceOf(layer);
    const { text, functions } = emptyBackward(source);
    assert.ok(functions.length > 0, `${layer}: nothing to write`);
    const hints = hintsFor(functions, new Map(), []);
    for (const { name, lines } of functions) {
      assert.ok(lines.length > 1 && !text.includes(lines.join("\n")), `${layer}: ${name}`);
      assert.is(hints.filter(({ about }) => about.startsWith(name)).at(-1)!.text, lines.join("\n"));
    }
    const behindImports = (code: string): string => code.slice(code.indexOf("\nexport "));
    assert.is(
      behindImports(text).split("\n").length,
      behindImports(source).split("\n").length +
        functions.reduce((change, { lines }) => change + 2 - lines.length, 0),
    );
  }
});

test("every exercise is TypeScript as it is, and has its tools at hand", async () => {
  for (const { layer } of catalog) {
    const { text } = emptyBackward(sourceOf(layer));
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

test("the hint about tools names what is called, and not what the lines define themselves", () => {
  const functions = emptyBackward(sourceOf("conv2d")).functions;
  const tools = hintsFor(functions, new Map(), []).find(({ about }) => about.endsWith("it takes"))!;
  assert.is(
    tools.text.split("\n")[0],
    "backend.sumPerChannel, backend.matmulSum, .reshape, backend.productOntoImages",
  );
  assert.match(tools.text, "filtersᵀ · dOut, and col2im of it");
});

test(
  "hints go through the derivation from the last equation that the code cites, in words and " +
    "blocks",
  () => {
    const chapter = [
      "# Gain",
      "Start.",
      "",
      "$$",
      "a",
      "\\tag{gain.1}",
      "$$",
      "",
      "```ts equation",
      "equals(1, 1);",
      "```",
      "",
      "The slope $\\mathrm{dX} \\cdot \\sum_i x$ is *two*, see [there](there.md), and (gain.1):",
      "",
      "$$",
      "b",
      "\\tag{gain.2}",
      "$$",
      "",
      "```ts equation",
      "equals(slope(f, 1), 2);",
      "```",
      "",
      "<details><summary>The stage</summary>",
      "",
      "</details>",
      "",
      "Sum up:",
      "",
      "![A sum of three numbers](figures/gain.svg)",
      "",
      "$$ c \\tag{gain.3} $$",
    ].join("\n");
    const functions = [
      {
        name: "gainBackward",
        equations: [{ tag: "gain.3", formula: "dX = 2·dOut" }],
        lines: ["  return map(dOut, twice);", "  // backend.no()", "  await backend.relu(x);"],
      },
    ];
    const hints = hintsFor(functions, new Map([["gain", chapter]]), ["gain.1", "gain.3"]);
    assert.equal(
      hints.map(({ about }) => about),
      [
        "gainBackward, (gain.2)",
        "gainBackward, (gain.3)",
        "gainBackward, in short",
        "gainBackward, what it takes",
        "gainBackward, as leibniz has it",
      ],
    );
    assert.is(
      hints[0]!.text,
      "The slope dX · Σ_i x is two, see there, and (gain.1):\n\n    b\n\n(gain.1) is  a\n\n" +
        "(derivations/gain.md, line 15)\n\nThe same as `leibniz derive gain` runs it:\n\n" +
        "    equals(slope(f, 1), 2);",
    );
    assert.is(hints[1]!.text, "Sum up:\n\n    c\n\n(derivations/gain.md, line 32)");
    assert.is(hints[2]!.text, "(gain.3) dX = 2·dOut");
    assert.match(hints[3]!.text, /^map, backend\.relu\n/);

    // the same in two parts, whose names are in another order
    const end = chapter.indexOf("The slope");
    const parts = new Map([
      ["gain-back", chapter.slice(end)],
      ["gain", chapter.slice(0, end)],
    ]);
    const again = hintsFor(functions, parts, ["gain.1", "gain.3"]);
    assert.equal(
      again.map(({ about }) => about),
      hints.map(({ about }) => about),
    );
    assert.match(again[0]!.text, "\n\n(gain.1) is  a\n\n(derivations/gain-back.md, line 3)\n\n");
    assert.match(again[0]!.text, "`leibniz derive gain-back` runs it");
  },
);

test.run();

import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tensor } from "leibniz/tensor";
import { expectShown } from "../helpers/expect-shown.js";
import { root } from "./project.js";

// Not compiled along with the tests, because it writes some of them: it is loaded from where it
// lies.
const { extractExamples } = (await import(
  pathToFileURL(join(root, "test", "extract-examples.mjs")).href
)) as typeof import("../extract-examples.mjs");

/** Runs the test that an example becomes, and returns what it complains about. */
async function run(text: string): Promise<string | null> {
  const body = text.replace(/^import .*$/m, "");
  let example: (() => Promise<void>) | null = null;
  const register = Object.assign((_name: string, f: () => Promise<void>) => void (example = f), {
    run: () => {},
  });
  new Function("test", "expectShown", "tensor", body)(register, expectShown, tensor);
  try {
    await example!();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const page = `# Doubling

Some prose, then code that is not an example:

\`\`\`ts
1 + 1; // → 3
\`\`\`

\`\`\`ts example
import { tensor } from "leibniz/tensor";
import {
  exp, // the exponential
  log,
} from "leibniz/tensor";

const x = tensor([[1, 2], [3, 4]]);
for (const i of [0, 1]) {
  x.get(i, 0) + 1 - 2 * i; // → 2
}
const sixth = 1 / 6; // → 0.1667
await Promise.resolve(x.transpose()); // → [[1, 3],
//                                          [2, 4]]
new Int32Array([7, 8]); // → [7, 8]
\`\`\`

\`\`\`ts example
2 * 3; // → 6
\`\`\`
`;

test("an example becomes a test, and line numbers stay", async () => {
  const { examples, errors } = extractExamples("derivations/double.md", page);
  assert.equal(errors, []);
  assert.equal(
    examples.map(({ name, line }) => [name, line]),
    [
      ["double-1", 9],
      ["double-2", 26],
    ],
  );
  const lines = examples[0]!.text.split("\n");
  assert.is(
    lines[1],
    'import { test } from "uvu"; import { expectShown } from "../helpers/expect-shown.js"; ' +
      'import { tensor } from "leibniz/tensor"; import { exp, log, } from "leibniz/tensor";',
  );
  assert.is(lines[8], 'test("derivations/double.md, example on line 9", async () => {');
  assert.is(lines[15], "const x = tensor([[1, 2], [3, 4]]);");
  assert.is(
    lines[17],
    '  expectShown(await (x.get(i, 0) + 1 - 2 * i), "2", "derivations/double.md:18");',
  );
  assert.is(
    lines[19],
    'const sixth = 1 / 6; expectShown(sixth, "0.1667", "derivations/double.md:20");',
  );
  assert.is(lines.slice(-3).join("\n"), "});\ntest.run();\n");
  for (const { text } of examples) assert.is(await run(text), null);
});

test("of a value that is printed, the value is compared", async () => {
  const of = (value: string): Promise<string | null> =>
    run(
      extractExamples(
        "page.md",
        `# A\n\n\`\`\`ts example\nconsole.log(Math.max(1, 2)); // → ${value}\n\`\`\`\n`,
      ).examples[0]!.text,
    );
  assert.is(await of("2"), null);
  assert.match((await of("3"))!, "page.md:4: expected 3, to within 1e-9, got 2");
});

test("a wrong value on the page makes the test fail, with page and line", async () => {
  const wrong: [from: string, to: string, complaint: string][] = [
    ["// → 2\n", "// → 3\n", "derivations/double.md:18: expected 3, to within 1e-9, got 2"],
    [
      "0.1667",
      "0.1666",
      "derivations/double.md:20: expected 0.1666, to within 0.00005, got 0.16666666666666666",
    ],
    ["[[1, 3],", "[[1, 2],", "derivations/double.md:21: expected 2 at [0][1]"],
    ["[2, 4]]", "[2, 4], [5, 6]]", "derivations/double.md:21: expected 3 entries, got 2"],
    ["// → [7, 8]", "// → 7", "derivations/double.md:23: expected the number 7, got 2 entries"],
  ];
  for (const [from, to, complaint] of wrong) {
    const { examples, errors } = extractExamples(
      "derivations/double.md",
      page.replace(from, () => to),
    );
    assert.equal(errors, []);
    const message = await run(examples[0]!.text);
    assert.ok(message?.includes(complaint), `expected ${complaint}, got ${message}`);
  }
});

test("an example that would check nothing, or not what it seems to, is refused", () => {
  const refused: [block: string, error: string][] = [
    ["const x = 1;\nx + 1;", "page.md:4: the example checks nothing"],
    ["1; // → 1\n2; // -> 3", "page.md:6: expected `expression; // → VALUE`, got 2; // -> 3"],
    ["1; // → 1\n2; //→ 3", "page.md:6: expected `expression; // → VALUE`"],
    ["1; // → 1\n2 // → 3", "page.md:6: expected `expression; // → VALUE`"],
    ["1; // → 1\n// → 3", "page.md:6: expected `expression; // → VALUE`"],
    ["1; // → 1\n2; // →", "page.md:6: expected `expression; // → VALUE`"],
    [
      "1; // → one",
      "page.md:5: expected a number or a nested array of numbers after the arrow, got one",
    ],
    ["1; // → [1, 2", "page.md:5: expected a number or a nested array"],
    ["1; // → [1, null]", "page.md:5: expected a number or a nested array"],
    ["1; // → 1 (one)", "page.md:5: expected a number or a nested array"],
    [
      "const { a } = { a: 1 }; // → 1",
      "page.md:5: expected an expression or `const name = expression`",
    ],
  ];
  for (const [block, error] of refused) {
    const { errors } = extractExamples(
      "page.md",
      `# Page\n\nProse.\n\`\`\`ts example\n${block}\n\`\`\`\n`,
    );
    assert.is(errors.length, 1, `${block}: ${errors.join(" / ")}`);
    assert.ok(errors[0]!.startsWith(error), `expected ${error}, got ${errors[0]}`);
  }
  assert.match(
    extractExamples("page.md", "# Page\n\nProse.\n```ts example\n1; // → 1\n").errors.join(),
    "page.md:4: the example has no end",
  );
});

test("a shown number is right to half a unit of its last decimal, a whole number exactly", () => {
  const accepted: [actual: unknown, shown: string][] = [
    [0.1249, "0.12"],
    [0.125, "0.13"],
    [0.125, "0.12"],
    [1.25e-5, "1.3e-5"],
    [3e-5, "3e-5"],
    [1000, "1e3"],
    [5 + 1e-10, "5"],
    [-0, "0"],
    [tensor(2.5), "2.5"],
    [
      tensor([
        [1.04, 2],
        [3, 4],
      ]),
      "[[1.0, 2], [3, 4]]",
    ],
    [[tensor([1, 2]), [3, 4.5]], "[[1, 2], [3, 4.5]]"],
    [new Float32Array([0.1]), "[0.1]"],
    [[], "[]"],
  ];
  for (const [actual, shown] of accepted) expectShown(actual, shown, "page.md:1");
  const refused: [actual: unknown, shown: string, complaint: string][] = [
    [0.1251, "0.12", "expected 0.12, to within 0.005, got 0.1251"],
    [0.1249, "0.13", "expected 0.13"],
    [1.24e-5, "1.3e-5", "expected 0.000013"],
    [1000.4, "1e3", "expected 1000"],
    [5 + 1e-8, "5", "expected 5"],
    [NaN, "1.0", "got NaN"],
    [Infinity, "1.0", "got Infinity"],
    [tensor([1, 2, 3]), "[1, 2]", "expected 2 entries, got 3"],
    [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      "[1, 2]",
      "expected the number 1 at [0], got 2 entries",
    ],
    [tensor([1]), "[[1]]", "expected 1 entries at [0], got the number 1"],
    [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      "[[1, 2], [3, 4.1]]",
      "expected 4.1 at [1][1]",
    ],
    [[0.14, 2.03], "[0.1, 2]", "expected 2 at [1], to within 1e-9, got 2.03"],
    [undefined, "1", "expected a tensor, an array or a number, got undefined"],
    ["1", "1", "expected a tensor, an array or a number, got 1"],
  ];
  for (const [actual, shown, complaint] of refused) {
    let message = "nothing";
    try {
      expectShown(actual, shown, "page.md:1");
    } catch (error) {
      message = (error as Error).message;
    }
    assert.ok(
      message.startsWith("page.md:1: ") && message.includes(complaint),
      `${shown}: expected ${complaint}, got ${message}`,
    );
  }
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { exportedFunctions, findDeclaration, importsOf, separate } from "./source-text.js";

test("comments and quoted text are told from code, position by position", () => {
  const text = [
    'const a = "// no comment"; // a comment with "quotes" and `ticks`',
    "const b = '\\'/*' + `${`nested ${{ a: 1 }.a} // no` + \"}\"} no comment`; /* two",
    "lines */ const c = /[/\"'`]\\/(?:)/g.test(a) ? 1 / 2 / 3 : 4; // end",
    "return /'/.test(b); // after a pattern",
  ].join("\n");
  const { code, comments } = separate(text);
  assert.is(code.length, text.length);
  assert.is(comments.length, text.length);
  const [first, second, third, fourth] = code.split("\n");
  assert.is(first!.trimEnd(), 'const a = "             ";');
  assert.match(second!, /^const b = ' {4}' \+ ` +`; *$/);
  assert.match(third!, /^ {9}const c = \/ +\/g\.test\(a\) \? 1 \/ 2 \/ 3 : 4; *$/);
  assert.is(fourth!.trimEnd(), "return / /.test(b);");
  const said = comments.split("\n").map((line) => line.trim().replace(/ {2,}/, " … "));
  assert.equal(said, [
    '// a comment with "quotes" and `ticks`',
    "/* two",
    "lines */ … // end",
    "// after a pattern",
  ]);
});

const source = separate(`/** The file. */
import { a } from "./a.js";

/** One line of text. */
// and another
export async function* first(x: { y: number } = { y: 1 }): Promise<{
  z: number;
}> {
  if (x) { return { z: 1 }; }
  return { z: 2 };
} // behind

// not the comment of second, because of the empty line

export const second = (x: number) => {
  return x;
};
const third = 3; const fourth = 4;

export class Box {
  #hidden = 1;

  /** What it holds. */
  get size(): number {
    size(
      second(1),
    );
    return this.#read();
  }

  static async #read(): Promise<number> {
    return 1;
  }
}
export const alias = first;
`);

/** The text of a declaration, first and last line. */
function ends(name: string): [string, string] | null {
  const span = findDeclaration(source, name);
  if (span === null) return null;
  const lines = source.text.slice(span.start, span.end).trim().split("\n");
  return [lines[0]!, lines.at(-1)!.trim()];
}

test("a declaration reaches from its comment to its closing bracket", () => {
  assert.equal(ends("first"), ["/** One line of text. */", "}"]);
  assert.ok(
    source.text.slice(0, findDeclaration(source, "first")!.end).endsWith("return { z: 2 };\n}"),
  );
  assert.equal(ends("second"), ["export const second = (x: number) => {", "};"]);
  assert.equal(ends("third"), ["const third = 3;", "const third = 3;"]);
  assert.equal(ends("Box"), ["export class Box {", "}"]);
  assert.equal(ends("Box.size"), ["/** What it holds. */", "}"]);
  assert.equal(ends("Box.#read"), ["static async #read(): Promise<number> {", "}"]);
  assert.equal(ends("Box.#hidden"), ["#hidden = 1;", "#hidden = 1;"]);
  for (const nowhere of ["fir", "x", "Box.second", "Box.read", "Crate.size", "a"])
    assert.is(ends(nowhere), null, nowhere);
});

test("exported functions are told from other exports", () => {
  assert.equal(exportedFunctions(source), ["first", "second"]);
});

test("every way to import is read", () => {
  const imports = importsOf(
    separate(`import a, { type B } from "./one.js";
import type { C } from './two.js';
import "./three.js";
export {
  d,
} from "./four.js";
export * as e from "./five.js";
type F = import("./six.js").F;
const g = await import( "./seven.js" );
const h = import(name), i = require("./eight.js");
const j = new URL("./nine.wasm", import.meta.url), k = new URL(k, l);
const from = "./no.js"; /* import "./no.js" */ const m = this.import("./no.js");
const n = Array.from("./no.js");
`),
  );
  assert.equal(
    imports.map(({ specifier, kind, line }) => `${line} ${kind} ${specifier}`),
    [
      ...[
        "1 static ./one.js",
        "2 static ./two.js",
        "3 static ./three.js",
        "4 static ./four.js",
        "7 static ./five.js",
        "8 dynamic ./six.js",
      ],
      ...["9 dynamic ./seven.js", "10 dynamic null", "10 dynamic ./eight.js", "11 url ./nine.wasm"],
    ],
  );
});

test.run();

/** What a screen reader is told of a formula: the browser's own tree, read in the plainest way. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formula } from "../../site/build/formula.mjs";
import { root } from "../helpers/cli.js";
import { findChromium, HOW_TO_GET_IT, startChromium } from "./chromium.js";

const path = findChromium();
export const skipped = path === null ? `formulas read aloud; ${HOW_TO_GET_IT}` : null;

/** A node as the browser gives it, of which names and roles are read. */
interface Node {
  readonly nodeId: string;
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly childIds?: readonly string[];
}

const isPrime = (text: string): boolean => text === "prime" || text === "double prime";

/** What is said between the parts of a formula, by the role that Chromium gives it. */
const SAID: Readonly<Record<string, (...parts: string[]) => string>> = {
  MathMLFraction: (above, below) => `fraction ${above} over ${below} end`,
  MathMLSub: (base, below) => `${base} sub ${below}`,
  MathMLSup: (base, above) => (isPrime(above) ? `${base} ${above}` : `${base} to the ${above}`),
  MathMLSubSup: (base, below, above) => `${base} sub ${below} to the ${above}`,
  MathMLUnder: (base, below) => `${base} over ${below} of`,
  MathMLUnderOver: (base, below, above) => `${base} from ${below} to ${above} of`,
  MathMLOver: (base, above) => `${base} ${above}`,
  MathMLSquareRoot: (...parts) => `root of ${parts.join(" ")} end`,
};

const SIGNS: Readonly<Record<string, string>> = {
  ...{ "∑": "sum", "⋅": "times", "−": "minus", ˆ: "hat", "‾": "bar", "\u2061": "of" },
  ...{ "′": "prime", "″": "double prime", 𝖳: "T", "∂": "d", "←": "becomes", "≠": "is not" },
};

/** Letters of mathematics as plain ones. */
const plain = (text: string): string =>
  text.replace(/[\u{1D400}-\u{1D7FF}ℎ]/gu, (letter) => SIGNS[letter] ?? letter.normalize("NFKC"));

function read(node: Node, nodes: ReadonlyMap<string, Node>): string {
  const role = node.role?.value ?? "";
  if (role === "InlineTextBox") return "";
  if (role === "StaticText") {
    const text = plain(node.name?.value ?? "").trim();
    return SIGNS[text] ?? text;
  }
  const parts = (node.childIds ?? [])
    .flatMap((id) => nodes.get(id) ?? [])
    .map((child) => read(child, nodes))
    .filter((part) => part !== "");
  return SAID[role]?.(...parts) ?? parts.join(" ");
}

/** A formula of a chapter, without its tag. */
function texOf(chapter: string, tag: string): string {
  const text = readFileSync(join(root, "derivations", `${chapter}.md`), "utf8");
  const found = text.split("$$").find((piece, i) => i % 2 === 1 && piece.includes(`\\tag{${tag}}`));
  assert.ok(found, `${tag} in ${chapter}`);
  return found!.replace(/^> ?/gm, "").replace(/\\tag\{[^}]*\}/, "");
}

/** Chapter, tag, and how it is read. */
const READ: readonly (readonly [chapter: string, tag: string, said: string])[] = [
  ["conv2d-gradients", "conv2d.7", "dWeight = sum over n of dOut sub n times cols sub n to the T"],
  [
    "conv2d",
    "conv2d.1",
    "out [ p , q ] = sum over i of sum over j of weight [ i , j ] times x [ p + i , q" + " + j ]",
  ],
  [
    "softmax-cross-entropy",
    "softmax-cross-entropy.1",
    "p [ c ] = fraction exp of ( x [ c ] ) over sum over k of exp of ( x [ k ] ) end",
  ],
  [
    "softmax-cross-entropy",
    "softmax-cross-entropy.8",
    "fraction d p [ c ] over d x [ j ] end = p [ c ] times ( δ [ c , j ] minus p [ j " + "] )",
  ],
  ["normalisation", "normalisation.4", "x hat [ i ] = ρ times ( x [ i ] minus μ )"],
  [
    "normalisation",
    "normalisation.17",
    "dX [ j ] = ρ times ( d X hat [ j ] minus fraction 1 over M end sum over i of d X" +
      " hat [ i ] minus x hat [ j ] times fraction 1 over M end sum over i of d X hat [" +
      " i ] times x hat [ i ] )",
  ],
  [
    "activations",
    "activations.15",
    "tanh prime of x = 4 times fraction 1 + t over 2 end times fraction 1 minus t " +
      "over 2 end = 1 minus t to the 2",
  ],
  ["relu", "relu.3", "fraction d max of ( x , 0 ) over d x end = 1 [ x > 0 ] for x is not 0"],
  [
    "gradient-check",
    "gradient-check.5",
    "fraction f ( x + h ) minus f ( x ) over h end = f prime ( x ) + fraction h over " +
      "2 end f double prime ( x ) + …",
  ],
  ["optimizers", "optimizers.7", "0 < η < fraction 2 over a end"],
];

let browser: Browser;
test.before(async () => {
  browser = await startChromium(path!);
});
test.after(() => browser.close());

/** How formulas are read that are on one page. */
async function readAloud(formulas: readonly string[]): Promise<string[]> {
  const page = await browser.newPage();
  await page.setContent(formulas.map((html) => `<p>${html}</p>`).join("\n"));
  const session = await page.context().newCDPSession(page);
  const answer = (await session.send("Accessibility.getFullAXTree")) as { nodes: Node[] };
  await page.close();
  const nodes = new Map(answer.nodes.map((node) => [node.nodeId, node]));
  const found: string[] = [];
  const walk = (node: Node): void => {
    if (/^MathMLMath$/i.test(node.role?.value ?? "")) found.push(read(node, nodes));
    else for (const id of node.childIds ?? []) walk(nodes.get(id)!);
  };
  walk(answer.nodes[0]!);
  return found;
}

test("ten formulas are read as a person would read them", async () => {
  const said = await readAloud(READ.map(([chapter, tag]) => formula(texOf(chapter, tag), true)));
  assert.equal(
    said.map((text, i) => `${READ[i]![1]}: ${text}`),
    READ.map(([, tag, text]) => `${tag}: ${text}`),
  );
});

test("names are one word, bars open and close, a sum in a line has limits", async () => {
  const said = await readAloud([
    formula("|\\mathrm{dOut}| / \\sum_{k} |x_k|", false),
    formula("f''(x) + p(a | b)", true),
  ]);
  assert.equal(said, [
    "| dOut | / sum over k of | x sub k |",
    "f double prime ( x ) + p ( a | b )",
  ]);
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNone, readFiles } from "./project.js";

/** How many statements the notes make. */
const STATEMENTS = 36;

/** What is wrong with the answers: a gap, a double, an answer that shows nothing. */
function gaps(page: string): string[] {
  const found = new Map<number, string[]>();
  for (const { 1: number, 2: text } of page.matchAll(/^(\d+)\. ((?:.+\n)(?: {2,}.+\n)*)/gm))
    found.set(Number(number), [...(found.get(Number(number)) ?? []), text!]);
  const numbers = Array.from({ length: STATEMENTS }, (_, i) => i + 1);
  return [
    ...numbers.flatMap((number) => {
      const answers = found.get(number) ?? [];
      if (answers.length !== 1) return [`statement ${number}: ${answers.length} answers`];
      const [statement, ...answer] = answers[0]!.split(/(?<=[.?!])\*\s/);
      if (!statement!.startsWith("*") || answer.length === 0)
        return [`statement ${number}: no statement *in italics.* with an answer behind it`];
      const words = answer.join(" ").replace(/\s+/g, " ");
      const proof = words.replace(/\[[^\]]+\]\([^)]+\.svg\)/g, "");
      if (proof === words) return [`statement ${number}: no picture`];
      const shows = /\([a-z][a-z0-9-]*\.\d+[a-z]?\)|\]\([^)]+\)|`leibniz [a-z]+`/;
      return shows.test(proof)
        ? []
        : [`statement ${number}: neither an equation, nor a link, nor a command`];
    }),
    ...[...found.keys()]
      .filter((number) => !numbers.includes(number))
      .map((number) => `statement ${number}: the notes have no such statement`),
  ];
}

const page = readFiles(["derivations/notes-answered.md"]).get("derivations/notes-answered.md")!;

test("each of the notes' 36 statements is answered once, with something that shows it", () => {
  assertNone(gaps(page));
});

test("a gap, a double and an empty answer are found", () => {
  const without = page.replace(/^17\. /m, "- ");
  assert.equal(gaps(without), ["statement 17: 0 answers"]);
  const double = page.replace(/^18\. /m, "17. ");
  assert.equal(gaps(double), ["statement 17: 2 answers", "statement 18: 0 answers"]);
  const more = `${page}37. *One more.* See (conv2d.1).\n`;
  assert.equal(gaps(more), ["statement 37: the notes have no such statement"]);
  const empty = page.replace(/^15\. .*\n(?: {2,}.*\n)*/m, "15. *Something.* True.\n");
  assert.equal(gaps(empty), ["statement 15: no picture"]);
  const picture = empty.replace("True.", "True. Picture: [it](figures/relu-gate.svg).");
  assert.equal(gaps(picture), ["statement 15: neither an equation, nor a link, nor a command"]);
});

test.run();

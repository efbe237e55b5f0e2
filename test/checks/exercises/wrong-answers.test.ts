import { availableParallelism } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { plantMutations, Variants } from "leibniz/checks";
import { catalog } from "leibniz/gradcheck";
import { compiledLayer, gradeAnswer, gradeText, named } from "./check-answer.js";
import drawn from "./drawn-mutations.json" with { type: "json" };
import { wrongAnswers } from "./wrong-answers/index.js";

/** The processes in which answers are graded, with what each has measured so far. */
const lanes = Array.from({ length: Math.min(2, availableParallelism()) }, () => new Variants());
/** Which of them grades a layer, in both tests. */
const laneOf = new Map(catalog.map(({ layer }, i) => [layer, i % lanes.length]));

/**
 * Does one thing after the other, in as many processes as there are cores. To measure the slopes of
 * a layer's forward pass takes as long as to grade ten answers with them, and a process remembers
 * them. So all answers about a layer go to one process, one after the other.
 */
async function byLayer<Item extends { readonly layer: string }, Result>(
  items: readonly Item[],
  run: (item: Item, variants: Variants) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const order = [...items.keys()].sort((i, j) => place(items[i]!) - place(items[j]!));
  const work = async (variants: Variants, lane: number): Promise<void> => {
    for (const i of order)
      if (laneOf.get(items[i]!.layer) === lane) results[i] = await run(items[i]!, variants);
  };
  await Promise.all(lanes.map(work));
  assert.is(Object.keys(results).length, items.length);
  return results;
}

const place = ({ layer }: { readonly layer: string }): number =>
  catalog.findIndex((entry) => entry.layer === layer);

test("there are wrong answers to the exercise of every layer, each with a name of its own", () => {
  assert.ok(wrongAnswers.length >= 80);
  assert.is(new Set(wrongAnswers.map(({ name }) => name)).size, wrongAnswers.length);
  for (const { layer } of catalog)
    assert.ok(
      wrongAnswers.some((answer) => answer.layer === layer),
      layer,
    );
});

test("the first line names nine of ten mistakes, and never another one", async () => {
  const said = await byLayer(wrongAnswers, async (answer, variants) => {
    const { grades } = await gradeAnswer(variants, answer);
    const grade = grades.find(({ gradient }) => gradient === answer.gradient)!;
    assert.is(grade.isRight, false, `${answer.name} is right`);
    return named(grade);
  });
  const isNamed = said.map(
    (line, i) => line !== null && wrongAnswers[i]!.names.every((part) => part.test(line)),
  );
  const others = said.flatMap((line, i) =>
    line === null || isNamed[i] ? [] : [`${wrongAnswers[i]!.name}: ${line}`],
  );
  assert.equal(others, [], "named, but as another mistake");
  const count = isNamed.filter((one) => one).length;
  const silent = said.flatMap((line, i) => (line === null ? [wrongAnswers[i]!.name] : []));
  assert.ok(
    count >= 0.9 * said.length,
    `${count} of ${said.length} named; not: ${silent.join(", ")}`,
  );
});

test("of drawn mutations, the first lines are those that were read and found true", async () => {
  const said = await byLayer(drawn, async ({ layer, what }, variants) => {
    const text = plantMutations(compiledLayer(layer)).find((one) => one.what === what)!.text;
    const { grades, stop } = await gradeText(variants, layer, text);
    const lines = Object.fromEntries(
      grades
        .filter(({ isRight }) => isRight !== true)
        .map((grade) => [grade.gradient, named(grade)]),
    );
    return stop === null ? lines : { ...lines, stop: stop.message };
  });
  assert.equal(
    said,
    drawn.map(({ says }) => says),
  );
});

test.after(() => lanes.forEach((variants) => variants.end()));

test.run();

/** The equations as a page runs them: the same blocks, the same digits as in `leibniz derive`. */
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chapters, mutationsOf, openChapter, runChapter } from "leibniz/checks";
import { changesOf } from "../../site/build/changes.mjs";
import { buildRuns, runnableChapters, withChanges } from "../../site/build/run.mjs";
import { temporaryFolder } from "../helpers/cli.js";

interface Outcome {
  readonly tag: string;
  readonly verdict: string;
  readonly comparisons: number;
  readonly maxDifference: number | null;
  readonly sizes: readonly string[];
  readonly problem: string | null;
}

interface Said {
  readonly id: number;
  readonly outcome?: Outcome;
  readonly changes?: readonly { readonly kind: string; readonly was: string }[];
  readonly failed?: string;
  readonly done?: true;
}

interface WorkerScope {
  onmessage: (event: { data: object }) => void;
  postMessage: (said: Said) => void;
}

const names = ["affine", "conv2d-gradients"];
const folder = temporaryFolder();

/** Asks a chapter's Worker, in this thread. */
async function asker(name: string): Promise<(question: object) => Promise<readonly Said[]>> {
  const scope = globalThis as unknown as WorkerScope;
  await import(pathToFileURL(join(folder, "assets", "run", `${name}.js`)).href);
  const { onmessage } = scope;
  let id = 0;
  return (question) =>
    new Promise((resolve) => {
      const said: Said[] = [];
      id++;
      scope.postMessage = (one) => {
        said.push(one);
        if (one.done === true || one.failed !== undefined) resolve(said);
      };
      onmessage({ data: { ...question, id } });
    });
}

test.before(async () => {
  await buildRuns({ out: folder, names });
});

test.after(() => {
  const scope = globalThis as unknown as Partial<WorkerScope>;
  delete scope.onmessage;
  delete scope.postMessage;
});

for (const name of names)
  test(`${name}: the same digits as leibniz derive, all at once and one by one`, async () => {
    const ask = await asker(name);
    const expected = (await runChapter(chapters.find((one) => one.name === name)!))
      .filter(({ verdict }) => verdict !== "definition")
      .map(({ tag, verdict, comparisons, maxDifference, problem }) => ({
        ...{ tag, verdict, comparisons, maxDifference, problem },
      }));
    const outcomes = (said: readonly Said[]): Omit<Outcome, "sizes">[] =>
      said.flatMap(({ outcome }) => {
        if (outcome === undefined) return [];
        const { sizes: _, ...rest } = outcome;
        return [rest];
      });
    assert.equal(outcomes(await ask({ ask: "run", tags: null })), expected);
    for (const one of expected)
      assert.equal(outcomes(await ask({ ask: "run", tags: [one.tag] })), [one], one.tag);
  });

test("every mistake that a page offers turns the number red and leaves nothing", async () => {
  const ask = await asker("affine");
  let planted = 0;
  for (const { outcome } of await ask({ ask: "run", tags: null })) {
    if (outcome === undefined) continue;
    const { tag } = outcome;
    const [said] = await ask({ ask: "changes", tag });
    for (const [index, { kind, was }] of said!.changes!.entries()) {
      const [broken] = await ask({ ask: "change", tag, index });
      assert.is(broken!.outcome!.verdict, "wrong", `${tag} ${kind} ${was}`);
      planted++;
    }
    const [again] = await ask({ ask: "run", tags: [tag] });
    assert.equal(again!.outcome, outcome);
  }
  assert.ok(planted > 80, String(planted));
});

test("what was compared is said by its extents", async () => {
  const ask = await asker("conv2d-gradients");
  const [said] = await ask({ ask: "run", tags: ["conv2d.7b"] });
  assert.equal(said!.outcome!.sizes, ["2 × 24 × 8"]);
});

test("an equation that has no block is a clear error", async () => {
  const ask = await asker("affine");
  assert.is(
    (await ask({ ask: "run", tags: ["affine.99"] }))[0]!.failed,
    "(affine.99) has no block",
  );
});

test("the mistakes of a block are those of derive --mutate, each with its place", async () => {
  const affine = chapters.find(({ name }) => name === "affine")!;
  await openChapter(affine, 0, async (tag, run, source) => {
    await run();
    const changes = changesOf(source);
    assert.equal(
      changes.map((change) => change.source).sort(),
      mutationsOf(source)
        .map((mutation) => mutation.source)
        .sort(),
      tag,
    );
    for (const { before, was, becomes, after, source: changed } of changes) {
      const bare = (text: string): string => text.replaceAll("…", "");
      assert.ok(source.includes(bare(before) + was + bare(after)), `${tag}: ${was}`);
      assert.ok(changed.includes(bare(before) + becomes + bare(after)), `${tag}: ${becomes}`);
    }
  });
  const kinds = (block: string): string[] => changesOf(block).map(({ kind }) => kind);
  assert.equal(kinds("equals(a + b, c)"), ["sign"]);
  assert.equal(kinds("equals(a * b, c)"), ["factor"]);
  assert.equal(kinds("equals(x(n, i), y(rows, n))"), ["order", "arguments"]);
  assert.equal(kinds("equals(m.transpose(), 3)"), ["transpose", "number"]);
});

test("every block of every chapter has its mistakes compiled in, and none evaluates text", () => {
  assert.equal(runnableChapters().sort(), chapters.map(({ name }) => name).sort());
  const module = withChanges(
    `await equation("a.1", async () => {\n    equals(a, 2);\n}, (source) => eval(source));`,
  );
  assert.not.match(module, "eval");
  assert.match(module, "equals(a, 3)");
});

test.run();

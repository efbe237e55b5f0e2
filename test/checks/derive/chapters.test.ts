import { test } from "uvu";
import * as assert from "uvu/assert";
import { chapters, mutationsOf, openChapter, runChapter } from "leibniz/checks";
import { assertNone } from "../../meta/project.js";

test("every equation that compares something is run, and right for any numbers", async () => {
  let passed = 0;
  for (const [chapter, seed] of chapters.flatMap((one) =>
    [0, 1, 2].map((seed) => [one, seed] as const),
  )) {
    const results = await runChapter(chapter, seed);
    assert.ok(results.length > 0, chapter.name);
    assertNone(
      results
        .filter(({ problem }) => problem !== null)
        .map(
          ({ chapter: name, line, tag, problem }) =>
            `derivations/${name}.md:${line}: (${tag}) with seed ${seed}: ${problem}`,
        ),
    );
    passed += results.filter(
      ({ verdict, comparisons }) => verdict === "pass" && comparisons > 0,
    ).length;
  }
  assert.ok(passed >= 3 * 400, `only ${passed} equations were executed`);
});

for (const chapter of chapters) {
  test(
    `${chapter.name}: every sign, factor and order of indices that is changed in a block ` +
      `is noticed`,
    async () => {
      const missed: string[] = [];
      let blocks = 0;
      await openChapter(chapter, 0, async (tag, run, source, runChanged) => {
        blocks++;
        assert.is((await run()).problem, null);
        assert.is((await runChanged(source)).problem, null, `(${tag}) unchanged`);
        const planted = mutationsOf(source);
        if (planted.length === 0) missed.push(`(${tag}) has nothing in it to change`);
        for (const { change, source: changed } of planted)
          if ((await runChanged(changed)).problem === null) missed.push(`(${tag}) ${change}`);
      });
      assert.ok(blocks > 0);
      assertNone(missed);
    },
  );
}

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  formatTable,
  median,
  type PeerRecord,
  refusal,
  summarise,
} from "../../bench/peers/results.mjs";

/** What leibniz prints, rounded. */
const sane: PeerRecord = {
  round: 1,
  library: "leibniz",
  version: "1.0.0",
  threads: 1,
  optimizer: "Adam",
  firstLosses: [
    2.302104, 2.289536, 2.264264, 2.262214, 2.247774, 2.222719, 2.191355, 2.175809, 2.155247,
    2.117823,
  ],
  lastLoss: 0.3421,
  accuracy: 0.907,
  trainImages: 78 * 256,
  trainSeconds: 2,
  classifyImages: 39 * 256,
  classifySeconds: 0.5,
};

test("sane results are believed", () => {
  assert.is(refusal(sane), null);
  assert.is(
    refusal({ ...sane, firstLosses: [2.3021], trainImages: 512, lastLoss: 2.2, accuracy: 0.3 }),
    null,
    "a short run",
  );
  assert.is(
    refusal({ ...sane, optimizer: "Adadelta", firstLosses: [2.3021, 2.25], lastLoss: 0.5 }),
    null,
    "another optimizer goes another way",
  );
});

test("a fast wrong result is noticed", () => {
  const wrong: [change: Partial<PeerRecord>, expected: RegExp][] = [
    [{ firstLosses: [] }, /^no losses$/],
    [
      { firstLosses: [2.31, ...sane.firstLosses.slice(1)] },
      /^loss 2\.31 in batch 1, expected 2\.302104$/,
    ], // other weights, images or network
    // a gradient that is a little wrong
    [{ firstLosses: [...sane.firstLosses.slice(0, 9), 2.1255] }, /^loss 2\.1255 in batch 10/],
    [{ firstLosses: [2.302104, NaN] }, /^loss NaN in batch 2/],
    [{ optimizer: "Adadelta", firstLosses: [2.29] }, /^loss 2\.29 in batch 1/],
    [{ optimizer: "Adadelta", lastLoss: 2.4 }, /^the loss did not fall/],
    [{ lastLoss: NaN }, /^the loss did not fall/],
    [{ lastLoss: 0.36 }, /^loss 0\.36 at the end, expected 0\.34214$/],
    [{ accuracy: 0.1 }, /^accuracy 0\.1, expected at least 0\.89$/],
    [{ accuracy: NaN }, /^accuracy NaN/],
    [{ accuracy: 1.5 }, /^accuracy 1\.5/],
    [
      { accuracy: 0.1, firstLosses: [2.3021], trainImages: 512 },
      /^accuracy 0\.1, expected at least 0\.15$/,
    ],
    [{ trainSeconds: 0 }, /^trainSeconds 0$/],
    [{ classifySeconds: NaN }, /^classifySeconds NaN$/],
  ];
  for (const [change, expected] of wrong)
    assert.match(String(refusal({ ...sane, ...change })), expected, JSON.stringify(change));
});

test("the median of an even number of values is the mean of the middle two", () => {
  assert.is(median([9, 1, 5]), 5);
  assert.is(median([10, 9, 1, 5]), 7);
});

/**
 * Three rounds, in which the machine is busy to different degrees; leibniz trains 3, 4 and 6 times
 * as fast.
 */
const records = [
  { round: 1, slowdown: 1, peerSeconds: 6 },
  { round: 2, slowdown: 4, peerSeconds: 8 },
  { round: 3, slowdown: 2, peerSeconds: 12 },
].flatMap(({ round, slowdown, peerSeconds }) => [
  { ...sane, round, trainSeconds: 2 * slowdown },
  { ...sane, round, trainSeconds: 0.1, threads: 2 },
  { ...sane, round, trainSeconds: peerSeconds * slowdown, library: "peer", version: "2.0" },
]);

test("speeds are medians; ratios are those of the same threads within a round", () => {
  const row = summarise(records).find(({ library }) => library === "peer")!;
  assert.is(row.rounds, 3);
  assert.equal(row.train, {
    imagesPerSecond: 19968 / 24,
    slowest: 19968 / 32,
    fastest: 19968 / 6,
    ratio: 4,
  });
  assert.equal(row.classify, { imagesPerSecond: 19968, slowest: 19968, fastest: 19968, ratio: 1 });
});

test("a library that leibniz was not measured beside has no ratio", () => {
  const summary = summarise(records.filter(({ library }) => library === "peer"));
  assert.is(summary[0]!.train.ratio, null);
  assert.match(
    formatTable(summary),
    /\| 832 \(624–3,328\) \| {2}\| 19,968 \(19,968–19,968\) \| {2}\|$/,
  );
});

test("the table is sorted by the speed of training", () => {
  assert.equal(formatTable(summarise(records)).split("\n").slice(2), [
    "| leibniz 1.0.0 | 2 | 199,680 (199,680–199,680) | 1.00 | 19,968 (19,968–19,968) | 1.00 |",
    "| leibniz 1.0.0 | 1 | 4,992 (2,496–9,984) | 1.00 | 19,968 (19,968–19,968) | 1.00 |",
    "| peer 2.0 | 1 | 832 (624–3,328) | 4.00 | 19,968 (19,968–19,968) | 1.00 |",
  ]);
});

test.run();

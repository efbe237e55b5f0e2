/**
 * What becomes of the records that the scripts print: which are believed, and the table that is
 * made of those.
 */

/**
 * PyTorch's losses of the first ten batches by Adam, and the mean of the last ten of the epoch
 * after them.
 */
const RECORDED = {
  firstLosses: [
    2.302104, 2.289536, 2.264264, 2.262214, 2.247774, 2.222719, 2.191355, 2.175809, 2.155247,
    2.117823,
  ],
  lastLoss: 0.34214,
};
const WHOLE_EPOCH = 78 * 256;

/**
 * Why a record is not believed, or null. All engines start from the same weights and see the same
 * images in the same order, so a wrong gradient or update, or another network, shows in the losses
 * of the first batches.
 */
export function refusal(record) {
  const {
    optimizer,
    firstLosses,
    lastLoss,
    accuracy,
    trainImages,
    trainSeconds,
    classifyImages,
    classifySeconds,
  } = record;
  if (!(Array.isArray(firstLosses) && firstLosses.length > 0)) return "no losses";
  // another optimizer has the first loss in common, which is that of the initial weights
  const comparable = firstLosses.slice(0, optimizer === "Adam" ? RECORDED.firstLosses.length : 1);
  for (const [i, loss] of comparable.entries()) {
    if (!isNear(loss, RECORDED.firstLosses[i], 1e-4))
      return `loss ${loss} in batch ${i + 1}, expected ${RECORDED.firstLosses[i]}`;
  }
  if (!(lastLoss < firstLosses[0]))
    return `the loss did not fall: ${firstLosses[0]}, later ${lastLoss}`;
  if (
    optimizer === "Adam" &&
    trainImages >= WHOLE_EPOCH &&
    !isNear(lastLoss, RECORDED.lastLoss, 0.02)
  )
    return `loss ${lastLoss} at the end, expected ${RECORDED.lastLoss}`;
  const leastAccuracy = trainImages >= WHOLE_EPOCH ? 0.89 : 0.15;
  if (!(accuracy >= leastAccuracy && accuracy <= 1))
    return `accuracy ${accuracy}, expected at least ${leastAccuracy}`;
  for (const [name, value] of Object.entries({
    trainImages,
    trainSeconds,
    classifyImages,
    classifySeconds,
  })) {
    if (!(Number.isFinite(value) && value > 0)) return `${name} ${value}`;
  }
  return null;
}

const isNear = (value, expected, tolerance) => Math.abs(value - expected) <= tolerance * expected;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const SPEEDS = {
  train: ({ trainImages, trainSeconds }) => trainImages / trainSeconds,
  classify: ({ classifyImages, classifySeconds }) => classifyImages / classifySeconds,
};

/**
 * Speeds in images/s by library and threads. `ratio` is how many times as fast as the library
 * leibniz is with as many threads: the median over the rounds of the quotient within each round, so
 * that what slows a whole round down cancels out.
 *
 * @param records of all rounds, each with its `round`
 */
export function summarise(records) {
  const groups = groupBy(records, ({ library, threads }) => `${library}, ${threads}`);
  return [...groups.values()].map((group) => {
    const { library, version, threads, optimizer } = group[0];
    const row = { library, version, threads, optimizer, rounds: group.length };
    for (const [what, speed] of Object.entries(SPEEDS)) {
      const speeds = group.map(speed);
      const quotients = group.flatMap((record) => {
        const own = records.find(
          (other) =>
            other.library === "leibniz" &&
            other.threads === threads &&
            other.round === record.round,
        );
        return own === undefined ? [] : [speed(own) / speed(record)];
      });
      row[what] = {
        imagesPerSecond: median(speeds),
        slowest: Math.min(...speeds),
        fastest: Math.max(...speeds),
        ratio: quotients.length > 0 ? median(quotients) : null,
      };
    }
    return row;
  });
}

function groupBy(values, key) {
  const groups = new Map();
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
  return groups;
}

const whole = (value) => Math.round(value).toLocaleString("en-US");

/** A summary as a Markdown table, the fastest training first. */
export function formatTable(summary) {
  const cells = ({ imagesPerSecond, slowest, fastest, ratio }) => [
    `${whole(imagesPerSecond)} (${whole(slowest)}–${whole(fastest)})`,
    ratio === null ? "" : ratio.toFixed(ratio < 10 ? 2 : 0),
  ];
  const rows = [...summary]
    .sort((a, b) => b.train.imagesPerSecond - a.train.imagesPerSecond)
    .map(({ library, version, threads, train, classify }) => [
      `${library} ${version}`,
      String(threads),
      ...cells(train),
      ...cells(classify),
    ]);
  const header = [
    "library",
    "threads",
    "training, images/s",
    "leibniz ÷ it",
    "classifying, images/s",
    "leibniz ÷ it",
  ];
  return [header, header.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** One entry drawn again and again: the mean of what comes out, with the factor and without. */
import { dropoutForward } from "leibniz/backprop";
import { lineChart, formatNumber } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = "dropout-not-scaled";

const [ENTRY, P, DRAWS] = [4, 0.3, 10_000];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const { out, cache } = await dropoutForward(Tensor.full([DRAWS], ENTRY, "float64"), {
    probability: P,
    seed: 1,
  });
  // without the factor, a share of the entry is left
  const left = ENTRY / Math.max(...cache.mask.data);
  const name = `x = ${ENTRY} and (1 − p) · x = ${formatNumber(left)}`;
  const [scaled, unscaled] = [[], []];
  let [sum, kept] = [0, 0];
  for (let draw = 1; draw <= DRAWS; draw++) {
    sum += out.data[draw - 1];
    if (cache.mask.data[draw - 1] > 0) kept += ENTRY;
    // as dense on the axis everywhere
    if (draw % 10 ** Math.max(0, String(draw).length - 2) !== 0) continue;
    scaled.push([draw, sum / draw]);
    unscaled.push([draw, kept / draw]);
  }
  return lineChart({
    title: "Why what stays is stretched",
    description:
      `The mean of an entry ${ENTRY} over 1 to ${DRAWS} draws with p = ${P}. With the factor ` +
      `1/(1 − p) it comes close to the entry itself; without it, to ${formatNumber(left)}.`,
    width: 400,
    x: { label: "draws", scale: "log" },
    y: { label: "mean of out so far", domain: [0, 6] },
    series: [
      { name: "with the factor 1/(1 − p)", points: scaled },
      { name: "left out and nothing else", points: unscaled },
    ],
    rules: [
      { axis: "y", at: ENTRY, name },
      { axis: "y", at: left, name },
    ],
  });
}

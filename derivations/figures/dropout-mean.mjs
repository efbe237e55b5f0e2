/** One entry drawn again and again: the mean of what comes out, with the factor and without. */
import { dropoutForward } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = "dropout-not-scaled";

const [ENTRY, P, DRAWS] = [4, 0.3, 10_000];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const { out, cache } = await dropoutForward(Tensor.full([DRAWS], ENTRY, "float64"), {
    probability: P,
    seed: 1,
  });
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
      "1/(1 − p) it comes close to the entry itself; without it, to 0.7 times as much.",
    width: 400,
    x: { label: "draws", scale: "log" },
    y: { label: "mean of out so far", domain: [0, 6] },
    series: [
      { name: "with the factor 1/(1 − p)", points: scaled },
      { name: "left out and nothing else", points: unscaled },
    ],
    rules: [
      { axis: "y", at: ENTRY, name: `x = ${ENTRY} and (1 − p) · x = ${(1 - P) * ENTRY}` },
      { axis: "y", at: (1 - P) * ENTRY, name: `x = ${ENTRY} and (1 − p) · x = ${(1 - P) * ENTRY}` },
    ],
  });
}

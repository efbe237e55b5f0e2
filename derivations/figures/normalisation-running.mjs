/** The mean of each batch, and the running mean that evaluation uses. */
import { batchNorm1dForward } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { Random, tensor } from "leibniz/tensor";

export const breaks = "running-average-the-other-way";

/** Batches, rows of each, and the channel's true mean and standard deviation. */
const [BATCHES, N, MEAN, DEVIATION] = [60, 8, 3, 2];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const random = new Random("running statistics");
  let running = { mean: tensor([0]), variance: tensor([1]) };
  const [ofBatch, kept] = [[], [[0, 0]]];
  for (let batch = 1; batch <= BATCHES; batch++) {
    const x = random.normal([N, 1], MEAN, DEVIATION, "float64");
    const step = (momentum) =>
      batchNorm1dForward(x, tensor([1]), tensor([0]), running, { mode: "train", momentum });
    // with the share 1 nothing but the batch is left
    ofBatch.push([batch, (await step(1)).running.mean.item()]);
    running = (await step(0.1)).running;
    kept.push([batch, running.mean.item()]);
  }
  return lineChart({
    title: "Batch means, and the running mean",
    description:
      `The means of ${BATCHES} batches of ${N} numbers scatter around the true mean ${MEAN}. The ` +
      "running mean starts at 0, is close to it after about 25 batches, and scatters much less.",
    width: 400,
    x: { label: "batches seen" },
    y: { label: "mean of the channel" },
    series: [
      { name: "mean of this batch alone", dots: ofBatch },
      { name: "running mean, m = 0.1", points: kept },
    ],
    rules: [{ axis: "y", at: MEAN, name: "true mean" }],
  });
}

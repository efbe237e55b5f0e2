/** What the check says of a convolution whose backward pass overwrites where it should add. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { cells, diagram, label } from "leibniz/figures";
import { gradientCheck } from "leibniz/gradcheck";
import { Random, Tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-twice";

const [H, W, KERNEL] = [3, 4, 2];
const SIZE = 44;

/** dX where each window writes over what the windows before it have left. */
async function overwritten(dOut, cache) {
  const out = Tensor.zeros([1, 1, H, W], "float64");
  const [, , outH, outW] = dOut.shape;
  for (let p = 0; p < outH; p++)
    for (let q = 0; q < outW; q++) {
      const one = Tensor.zeros(dOut.shape, "float64");
      one.set([0, 0, p, q], dOut.get(0, 0, p, q));
      const { dX } = await conv2dBackward(one, cache);
      for (let i = p; i < p + KERNEL; i++)
        for (let j = q; j < q + KERNEL; j++) out.set([0, 0, i, j], dX.get(0, 0, i, j));
    }
  return out;
}

/** How many windows lie over each pixel: every entry of weight and dOut sends back 1. */
async function windowsOver() {
  const ones = (...shape) => Tensor.full(shape, 1, "float64");
  const { out, cache } = await conv2dForward(ones(1, 1, H, W), ones(1, 1, KERNEL, KERNEL), null);
  return (await conv2dBackward(ones(...out.shape), cache)).dX.data;
}

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const random = new Random("entries");
  const weight = random.uniform([1, 1, KERNEL, KERNEL], -1, 1, "float64");
  const f = async ({ x }) => {
    const { out, cache } = await conv2dForward(x, weight, null);
    return { out, backward: async (dOut) => ({ x: await overwritten(dOut, cache) }) };
  };
  const inputs = { x: random.uniform([1, 1, H, W], -1, 1, "float64") };
  const [{ checks, worstIndex, verdict }] = await gradientCheck(f, inputs, { random });
  const rowsOf = (values) => Array.from({ length: H }, (_, h) => values.slice(h * W, (h + 1) * W));
  const grid = (key) => rowsOf(checks.map((one) => one[key]));
  const verdicts = grid("verdict");
  const seriesOf = (h, w) => (verdicts[h][w] === "wrong" ? 1 : null);
  const size = SIZE;
  const percent = (value) => (value < 1e-6 ? "0" : `${Math.round(100 * value)} %`);
  const errors = grid("relativeError").map((row) => row.map(percent));
  const wrong = checks.filter(({ verdict }) => verdict === "wrong");
  const [least, most] = [Math.min, Math.max].map((pick) =>
    percent(pick(...wrong.map(({ relativeError }) => relativeError))),
  );
  const format = (value) => value.toFixed(2).replace("-", "−");
  const windows = rowsOf([...(await windowsOver())]);
  const at = (row, column) => [12 + column * (W * SIZE + 24), 40 + row * (H * SIZE + 46)];
  const worst = checks.find(({ index }) => index.join() === worstIndex.join());
  return diagram({
    title: "A wrong gradient, entry by entry",
    description:
      "Of twelve pixels the four corners, over which only one window lies, pass. Over the others " +
      `lie two or four windows, and there the gradient is wrong by ${least} to ${most}.`,
    width: 400,
    height: 400,
    content: [
      cells({
        at: at(0, 0),
        values: grid("analytic"),
        size,
        title: "dX from backward",
        format,
        seriesOf,
      }),
      cells({
        at: at(0, 1),
        values: grid("numeric"),
        size,
        title: "dX, measured",
        format,
        seriesOf,
      }),
      cells({ at: at(1, 0), values: errors, size, title: "relative error", seriesOf }),
      cells({ at: at(1, 1), values: windows, size, title: "windows over the pixel", seriesOf }),
      label([12, 374], `shaded: ${verdict}, worst at [${worstIndex.join(", ")}]`, { series: 1 }),
      label([12, 392], `${format(worst.analytic)} returned, ${format(worst.numeric)} measured`),
    ],
  });
}

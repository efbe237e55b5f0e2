/** One entry of x, all outputs of the layer, and the sum that comes back. */
import { affineBackward, affineForward } from "leibniz/backprop";
import { arrow, BACKWARD, diagram, formatNumber, FORWARD, graph, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "affine-input-scaled";

const X = 2;
const SLOPES = [2, -1, 0, 3];
const UPSTREAM = [1, 3, 5, -2];
const [TOP, ROW] = [62, 50];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const { out, cache } = await affineForward(
    tensor([[X]]),
    tensor(SLOPES.map((slope) => [slope])),
    null,
  );
  const { dX } = await affineBackward(tensor([UPSTREAM]), cache);
  const shares = await Promise.all(
    SLOPES.map(async (_, j) => {
      const alone = tensor([UPSTREAM.map((value, k) => (k === j ? value : 0))]);
      return (await affineBackward(alone, cache)).dX.item();
    }),
  );
  const y = (j) => TOP + j * ROW;
  const middle = (y(0) + y(SLOPES.length - 1)) / 2;
  const said = (value) => formatNumber(value);
  const row = (j) => {
    const [from, to] = [72, 196];
    const at = [from + 20, middle + ((y(j) - middle) * 20) / (to - from)];
    const isPath = SLOPES[j] !== 0;
    return [
      arrow(at, [to - 6, y(j)], { dashed: !isPath, headless: !isPath }),
      label([150, middle + (y(j) - middle) * 0.63 - 7], said(SLOPES[j]), {
        anchor: "middle",
        size: 12,
        soft: !isPath,
      }),
      label([to, y(j) + 4], `out[${j}] = ${said(out.get(0, j))}`, { series: FORWARD, size: 12 }),
      label([312, y(j) + 4], said(UPSTREAM[j]), { anchor: "end", series: BACKWARD, size: 12 }),
      label([366, y(j) + 4], said(shares[j]), { anchor: "end", series: BACKWARD, size: 12 }),
    ];
  };
  const foot = y(SLOPES.length - 1) + 36;
  return diagram({
    title: "One input, four outputs, one sum",
    description:
      "x[i] is on four paths to the loss, one for each output. Each path gives the output's " +
      "gradient times the path's slope; where the slope is 0 there is no path. dX[i] is their sum.",
    width: 380,
    height: foot + 50,
    content: [
      graph({ nodes: [{ id: "x", at: [48, middle], text: `x[i] = ${said(X)}` }], edges: [] }),
      label([150, 22], "slope", { anchor: "middle", size: 12 }),
      label([312, 22], "dOut[j]", { anchor: "end", series: BACKWARD, size: 12 }),
      label([366, 22], "· slope", { anchor: "end", series: BACKWARD, size: 12 }),
      ...SLOPES.flatMap((_, j) => row(j)),
      arrow([330, foot - 16], [374, foot - 16], { headless: true, series: BACKWARD }),
      label([366, foot + 4], said(dX.item()), { anchor: "end", series: BACKWARD }),
      label([312, foot + 4], "dX[i] = the sum =", { anchor: "end", series: BACKWARD, size: 12 }),
      arrow([178, foot], [62, middle + 14], { series: BACKWARD, bend: 24 }),
    ],
  });
}

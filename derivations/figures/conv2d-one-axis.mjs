/** One axis with a frame, a stride and a dilation: which columns the windows see. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, formatNumber, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "const left = j * dilationW - padW;",
  replace: "const left = j - padW;",
};

const [SIZE, LEFT, TOP, STEP] = [30, 82, 58, 52];
const WEIGHTS = ["A", "B"];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = tensor([[[[1, 4, 2, 0, 3, 7]]]]);
  const weight = tensor([[[[3, 5]]]]);
  const [W, kW, strideW, padW, dilationW] = [6, 2, 3, 1, 2];
  const options = { stride: [1, strideW], padding: [0, padW], dilation: [1, dilationW] };
  const { out } = await conv2dForward(x, weight, null, options);
  const geometry = conv2dGeometry("figure", 1, W, { kernelSize: [1, kW], ...options });
  const [cols] = im2col(x, geometry).toNested();
  const sums = [...out.data];
  // the frame drawn as pixels that hold their own places: which of them does a window see?
  const all = W + 2 * padW;
  const places = Tensor.from(
    Array.from({ length: all }, (_, a) => a),
    [1, 1, 1, all],
    "float64",
  );
  const wide = conv2dGeometry("figure", 1, all, { ...options, padding: 0, kernelSize: [1, kW] });
  const [seen] = im2col(places, wide).toNested();
  const last = Math.max(...seen.flat());
  const at = (place) => LEFT + place * SIZE;
  const values = [0, ...x.data, 0];
  const rows = sums.map((sum, q) => {
    const top = TOP + 54 + q * STEP;
    const sign = (j) => (j === 0 ? "" : " + ");
    const said = WEIGHTS.map((_, j) => `${sign(j)}${weight.data[j]}·${cols[j][q]}`).join("");
    return [
      label([LEFT - 8, top + 20], `window ${q}`, { anchor: "end", series: q }),
      ...WEIGHTS.map((letter, j) =>
        cells({
          at: [at(seen[j][q]), top],
          values: [[letter]],
          size: SIZE,
          windows: [{ row: 0, column: 0, size: [1, 1], series: q, filled: true }],
        }),
      ),
      label([at(all) + 8, top + 12], `${said}`),
      label([at(all) + 8, top + 29], `= ${formatNumber(sum)}`),
    ].join("");
  });
  const low = TOP + 54 + sums.length * STEP;
  const outside = WEIGHTS.map((letter, j) =>
    cells({
      at: [at(seen[j].at(-1) + strideW), low],
      values: [[letter]],
      size: SIZE,
      padding: [1, 1],
    }),
  );
  const [a, b] = [at(seen[0][0]) + SIZE / 2, at(seen[0][1]) + SIZE / 2];
  const rest = all - 1 - last;
  return diagram({
    title: "Padding, stride and dilation along one axis",
    description:
      "Six pixels between two zeros. Two windows fit, with a gap in each and three columns from " +
      `one to the next. A third would need a column more, so ${rest} columns are left over.`,
    width: 410,
    height: low + SIZE + 52,
    content: [
      label([LEFT - 8, TOP - 8], "column", { anchor: "end", soft: true }),
      ...values.map((_, c) =>
        label([at(c) + SIZE / 2, TOP - 8], formatNumber(c - padW), {
          anchor: "middle",
          soft: true,
        }),
      ),
      label([LEFT - 8, TOP + 20], "x̄", { anchor: "end", italic: true }),
      cells({
        at: [LEFT, TOP],
        values: [values],
        size: SIZE,
        padding: [0, padW],
        seriesOf: (_, c) => (c > last ? 5 : null),
        isPale: (_, c) => c > last,
      }),
      label([at(last + 1), TOP - 28], `left over: ${rest}`, { series: 5 }),
      ...rows,
      arrow([a, TOP + 44 + STEP / 2 + 22], [b, TOP + 44 + STEP / 2 + 22]),
      label([a + 10, TOP + 44 + STEP / 2 + 38], `stride ${strideW}`, { soft: true, size: 13 }),
      label([LEFT - 8, low + 20], "window 2", { anchor: "end", soft: true }),
      ...outside,
      label([at(4), low + SIZE + 20], `does not fit: there is no column ${all - padW}`, {
        anchor: "middle",
        soft: true,
      }),
      label(
        [at(4), low + SIZE + 40],
        `dilation ${dilationW}: B lies ${dilationW} columns after A`,
        {
          anchor: "middle",
          soft: true,
        },
      ),
    ],
  });
}

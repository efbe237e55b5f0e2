/** Three indices become one: a filter of two channels read in the order of memory. */
import { arrow, cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "for (let j = 0; j < kW; j++, row++) {",
  replace: "for (let j = kW - 1; j >= 0; j--, row++) {",
};

const [C, kH, kW] = [2, 2, 3];
const [SIZE, TOP, LOW] = [36, 46, 196];
const [LEFT, GAP] = [48, 72];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  // an image as large as the filter has one window: where do its entries come from?
  const R = C * kH * kW;
  const places = Tensor.from(
    Array.from({ length: R }, (_, a) => a),
    [1, C, kH, kW],
    "float64",
  );
  const geometry = conv2dGeometry("figure", kH, kW, { kernelSize: [kH, kW] });
  const order = [...im2col(places, geometry).data];
  const rowOf = (c, i, j) => order.indexOf((c * kH + i) * kW + j);
  const channelAt = (c) => LEFT + c * (kW * SIZE + GAP);
  const seriesOf = (c, i) => c * kH + i;
  const channels = Array.from({ length: C }, (_, c) => [
    cells({
      at: [channelAt(c), TOP],
      values: Array.from({ length: kH }, (_i, i) =>
        Array.from({ length: kW }, (_j, j) => rowOf(c, i, j)),
      ),
      size: SIZE,
      title: `channel c = ${c}`,
      seriesOf: (i) => seriesOf(c, i),
    }),
    ...Array.from({ length: kH }, (_i, i) =>
      label([channelAt(c) - 8, TOP + (i + 0.5) * SIZE + 5], `i = ${i}`, {
        anchor: "end",
        soft: true,
        size: 13,
      }),
    ),
    ...Array.from({ length: kW }, (_j, j) =>
      label([channelAt(c) + (j + 0.5) * SIZE, TOP + kH * SIZE + 16], `j = ${j}`, {
        anchor: "middle",
        soft: true,
        size: 12,
      }),
    ),
  ]).flat();
  const small = 29;
  const lineAt = 200 - (R * small) / 2;
  const ends = Array.from({ length: C * kH }, (_, part) => {
    const [c, i] = [Math.floor(part / kH), part % kH];
    const to = lineAt + (part + 0.5) * kW * small;
    const from = channelAt(c) + (kW * SIZE) / 2;
    return i < kH - 1 ? "" : arrow([from, TOP + kH * SIZE + 24], [to - (small * kW) / 2, LOW - 4]);
  });
  return diagram({
    title: "Three indices become one",
    description:
      "A filter of two channels of two rows and three columns. Its entries are counted through, " +
      "channel by channel and row by row, from 0 to 11.",
    width: 400,
    height: LOW + 118,
    content: [
      ...channels,
      ...ends,
      cells({
        at: [lineAt, LOW],
        values: [Array.from({ length: R }, (_, r) => r)],
        size: small,
        seriesOf: (_, r) => Math.floor(r / kW),
      }),
      label([lineAt, LOW + 52], "r = (c·kH + i)·kW + j", { italic: false }),
      label([lineAt, LOW + 76], `c = 1, i = 0, j = 2:  r = (1·2 + 0)·3 + 2 = ${rowOf(1, 0, 2)}`),
      label([lineAt, LOW + 100], "The order of the memory: no number moves.", { soft: true }),
    ],
  });
}

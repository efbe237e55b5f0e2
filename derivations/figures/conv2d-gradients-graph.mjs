/** The layer as a graph, with the numbers of the smallest case both ways. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { BACKWARD, cells, diagram, FORWARD, graph, label, formatNumber } from "leibniz/figures";
import { matmul, tensor } from "leibniz/tensor";

export const breaks = "overlap-overwritten";

const [SIZE, MIDDLE] = [26, 205];
const Y = { x: 24, im2col: 100, product: 234, sum: 344, out: 434 };

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const [weight, bias] = [tensor([[[[2, -1]]]]), tensor([10])];
  const x = tensor([[[[3, 1, 4]]]]);
  const { out, cache } = await conv2dForward(x, weight, bias);
  const dOut = tensor([[[[1, 2]]]]);
  const { dX, dWeight, dBias } = await conv2dBackward(dOut, cache);
  const cols = cache.cols.layOut().reshape([2, 2]);
  const filters = weight.reshape([1, 2]);
  const dCols = matmul(filters.transpose(), dOut.reshape([1, 2]));
  const rows = (values, columns) => values.reshape([values.size / columns, columns]).toNested();

  // forward on the left of an edge, the gradient on its right
  const beside = (y, names, forward, backward, columns) =>
    [forward, backward].map((values, side) => {
      const [height, width] = [rows(values, columns).length * SIZE, columns * SIZE];
      const left = side === 0 ? MIDDLE - 14 - width : MIDDLE + 14;
      const text = side === 0 ? [left - 6, y + 4] : [left + width + 6, y + 4];
      return (
        cells({
          at: [left, y - height / 2],
          values: rows(values, columns),
          size: SIZE,
          seriesOf: () => (side === 0 ? FORWARD : BACKWARD),
        }) +
        label(text, names[side], {
          anchor: side === 0 ? "end" : "start",
          series: side === 0 ? FORWARD : BACKWARD,
        })
      );
    });
  // forward above an edge from the left, the gradient below it
  const above = (y, names, forward, backward) =>
    [forward, backward].map((values, side) => {
      const columns = values.size;
      const [left, top] = [102, side === 0 ? y - 8 - SIZE : y + 8];
      return (
        cells({
          at: [left, top],
          values: rows(values, columns),
          size: SIZE,
          seriesOf: () => (side === 0 ? FORWARD : BACKWARD),
        }) +
        label([left - 6, top + 17], names[side], {
          anchor: "end",
          series: side === 0 ? FORWARD : BACKWARD,
        })
      );
    });
  const list = (values) => Array.from(values.data, (value) => formatNumber(value)).join(" ");
  const between = (a, b) => (Y[a] + Y[b]) / 2;
  const product = matmul(filters, cols);
  return diagram({
    title: "A convolution as a graph, forward and back",
    description:
      `The image ${list(x)} becomes columns, the filter ${list(weight)} multiplies them, the bias ` +
      `${list(bias)} is added, and ${list(out)} comes out. The gradient ${list(dOut)} comes back ` +
      `along the same edges: ${list(dBias)} to the bias, ${list(dWeight)} to the filter, and ` +
      `through the columns ${list(dX)} to the image.`,
    width: 420,
    height: 452,
    content: [
      label([14, 22], "forward", { series: FORWARD }),
      label([14, 40], "gradient", { series: BACKWARD }),
      graph({
        nodes: [
          { id: "x", at: [MIDDLE, Y.x], text: "image x" },
          { id: "im2col", at: [MIDDLE, Y.im2col], text: "im2col", kind: "operation" },
          { id: "filters", at: [40, Y.product], text: "filters" },
          { id: "product", at: [MIDDLE, Y.product], text: "·", kind: "operation" },
          { id: "bias", at: [40, Y.sum], text: "bias" },
          { id: "sum", at: [MIDDLE, Y.sum], text: "+", kind: "operation" },
          { id: "out", at: [MIDDLE, Y.out], text: "out" },
        ],
        edges: [
          { from: "x", to: "im2col" },
          { from: "im2col", to: "product" },
          { from: "filters", to: "product" },
          { from: "product", to: "sum" },
          { from: "bias", to: "sum" },
          { from: "sum", to: "out" },
        ],
      }),
      ...beside(between("x", "im2col"), ["x", "dX"], x, dX, 3),
      label([MIDDLE + 96, between("x", "im2col") + 20], "= col2im(dCols)", {
        series: BACKWARD,
        size: 13,
      }),
      ...beside(between("im2col", "product"), ["cols", "dCols"], cols, dCols, 2),
      label([MIDDLE + 74, between("im2col", "product") + 20], "= filtersᵀ · dOut", {
        series: BACKWARD,
        size: 13,
      }),
      ...above(Y.product, ["", ""], filters, dWeight),
      label([14, Y.product + 26], "dOut · colsᵀ", { series: BACKWARD, size: 13 }),
      ...beside(between("product", "sum"), ["", "dOut"], product, dOut, 2),
      ...above(Y.sum, ["", ""], bias, dBias),
      label([14, Y.sum + 26], "Σ dOut", { series: BACKWARD, size: 13 }),
      ...beside(between("sum", "out"), ["out", "dOut"], out, dOut, 2),
    ],
  });
}

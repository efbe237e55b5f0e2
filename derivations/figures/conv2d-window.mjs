/** Two windows with gaps on an image with a frame, and the formula for one of their corners. */
import { arrow, cells, diagram, formatNumber, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";

export const breaks = "stride-of-the-other-axis";

const [SIZE, LEFT, TOP] = [34, 146, 84];
const [H, W, kH, kW] = [4, 5, 2, 2];
const [padH, padW] = [1, 1];
const [stride, dilation] = [
  [1, 3],
  [3, 2],
];
/** The windows (p, q) that are drawn. */
const WINDOWS = [
  [0, 0],
  [1, 1],
];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  // the frame drawn as pixels that hold their own places
  const [rows, columns] = [H + 2 * padH, W + 2 * padW];
  const places = Tensor.from(
    Array.from({ length: rows * columns }, (_, a) => a),
    [1, 1, rows, columns],
    "float64",
  );
  const geometry = conv2dGeometry("figure", rows, columns, {
    kernelSize: [kH, kW],
    stride,
    dilation,
  });
  const [seen] = im2col(places, geometry).toNested();
  const under = ([p, q]) => seen.map((entries) => entries[p * geometry.outW + q]);
  const windows = WINDOWS.map(under);
  const rowOf = (place) => Math.floor(place / columns);
  const centre = (place) => [
    LEFT + ((place % columns) + 0.5) * SIZE,
    TOP + (rowOf(place) + 0.5) * SIZE,
  ];
  const grid = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) => {
      const window = windows.findIndex((entries) => entries.includes(r * columns + c));
      if (window >= 0) return "ABCD"[windows[window].indexOf(r * columns + c)];
      return r < padH || r >= rows - padH || c < padW || c >= columns - padW ? 0 : null;
    }),
  );
  const first = windows[0].map(centre);
  const low = TOP + rows * SIZE;
  const corner = windows[1].at(-1);
  const [u, v] = [rowOf(corner) - padH, (corner % columns) - padW];
  const [p, q] = WINDOWS[1];
  const formula = (name, at, axis, pad, value) =>
    `${name} = ${at}·${stride[axis]} + 1·${dilation[axis]} − ${pad} = ${formatNumber(value)}`;
  const from = first[0];
  const beside = centre(under([0, 1])[0]);
  const along = (y, to, said) => [
    arrow([from[0], y], [to, y], { series: 0 }),
    label([to + 8, y + 4], said, { size: 13, series: 0 }),
  ];
  return diagram({
    title: "Two windows with gaps on an image with a frame of zeros",
    description:
      "The entries A, B, C, D of window (0, 0) and of window (1, 1), three rows and two columns " +
      "apart; the windows are one row and three columns apart.",
    width: 400,
    height: low + 112,
    content: [
      label([LEFT - 12, TOP - 8], "column", { anchor: "end", soft: true }),
      ...grid[0].map((_, c) =>
        label([LEFT + (c + 0.5) * SIZE, TOP - 8], formatNumber(c - padW), {
          anchor: "middle",
          soft: true,
        }),
      ),
      ...grid.map((_, r) =>
        label([LEFT - 12, TOP + (r + 0.5) * SIZE + 5], `row ${formatNumber(r - padH)}`, {
          anchor: "end",
          soft: true,
        }),
      ),
      cells({
        at: [LEFT, TOP],
        values: grid,
        size: SIZE,
        padding: [padH, padW],
        isPale: (r, c) => grid[r][c] === 0,
        seriesOf: (r, c) => {
          const window = windows.findIndex((entries) => entries.includes(r * columns + c));
          return window < 0 ? null : window;
        },
      }),
      ...along(TOP - 54, beside[0], `strideW ${stride[1]}`),
      ...along(TOP - 30, first[1][0], `dilationW ${dilation[1]}`),
      arrow([LEFT - 66, first[0][1]], [LEFT - 66, first[2][1]], { series: 0 }),
      label([LEFT - 74, (first[0][1] + first[2][1]) / 2 + 5], `dilationH ${dilation[0]}`, {
        anchor: "end",
        size: 12,
        series: 0,
      }),
      label([72, low + 28], `window (${p}, ${q}), weight D, which is (1, 1):`, {
        series: 1,
      }),
      label([72, low + 52], formula(`u(${p}, 1)`, p, 0, padH, u)),
      label([72, low + 74], formula(`v(${q}, 1)`, q, 1, padW, v)),
    ],
  });
}

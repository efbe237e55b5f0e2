/** A small batch of images as blocks, as numbers, and as it is in memory. */
import { arrow, cells, diagram, label, onSlab, slab } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/tensor/shape.ts",
  find: "stride[axis] = step;",
  replace: "stride[shape.length - 1 - axis] = step;",
};

const SHAPE = [2, 2, 2, 3];
/** The entry that is followed into memory. */
const [IMAGE, CHANNEL, ROW, COLUMN] = [1, 0, 1, 2];
const [SIZE, LEFT] = [28, 14];

/** @returns {Promise<string>} */
export default async function draw() {
  const [N, C, H, W] = SHAPE;
  const all = Array.from({ length: N * C * H * W }, (_, at) => at);
  const x = Tensor.from(all, SHAPE, "float64");
  const position = x.get(IMAGE, CHANNEL, ROW, COLUMN);
  const grid = (n, c) =>
    Array.from({ length: H }, (_, h) => Array.from({ length: W }, (_, w) => x.get(n, c, h, w)));
  const blocks = [0, 1].map((n) => ({
    at: [LEFT + 40 + n * 176, 56],
    front: [84, 56],
    depth: 40,
    series: n,
    sheets: C,
    caption: `image n = ${n}`,
  }));
  const [first] = blocks;
  const italic = (at, text, anchor = "middle") => label(at, text, { anchor, italic: true });
  const [middle, step] = [186, 100];
  const memory = middle + N * step + 24;
  const mark = { row: ROW, column: COLUMN, size: [1, 1], series: 2, filled: true };
  return diagram({
    title: "A tensor N, C, H, W and its place in memory",
    description:
      "Two images as blocks, each two channels deep, two rows high and three columns wide. Below, " +
      "their numbers, which are positions in memory, and the memory: rows, channels and images " +
      "follow each other. The entry of image 1, channel 0, row 1 and column 2 is at position 17.",
    width: 2 * LEFT + 12 * SIZE,
    height: memory + 2 * 50 + 52,
    content: [
      ...blocks.map(slab),
      arrow([first.at[0] - 10, first.at[1]], [first.at[0] - 10, first.at[1] + 56]),
      italic([first.at[0] - 24, first.at[1] + 33], "h"),
      arrow([first.at[0], first.at[1] + 84], [first.at[0] + 84, first.at[1] + 84]),
      italic([first.at[0] + 94, first.at[1] + 88], "w"),
      arrow(onSlab(first, 1.12, 1, 0), onSlab(first, 1.12, 1, 1)),
      italic([onSlab(first, 1.12, 1, 1)[0] + 10, onSlab(first, 1.12, 1, 1)[1] + 4], "c"),
      ...[0, 1].flatMap((n) =>
        [0, 1].map((c) =>
          cells({
            at: [LEFT + c * 176, middle + n * step],
            values: grid(n, c),
            title: `n = ${n}, c = ${c}`,
            seriesOf: () => n,
            windows: n === IMAGE && c === CHANNEL ? [mark] : [],
          }),
        ),
      ),
      label([LEFT, memory - 12], "memory:"),
      ...[0, 1].flatMap((n) => [
        cells({
          at: [LEFT, memory + n * 50],
          values: [[...x.data.slice(n * C * H * W, (n + 1) * C * H * W)]],
          seriesOf: () => n,
          windows: [
            ...[0, 1, 2, 3].map((r) => ({ row: 0, column: 3 * r, size: [1, 3], series: n })),
            ...(n === IMAGE ? [{ ...mark, row: 0, column: position - n * C * H * W }] : []),
          ],
        }),
      ]),
      label(
        [LEFT, memory + 50 + SIZE + 20],
        `x[${IMAGE}, ${CHANNEL}, ${ROW}, ${COLUMN}] is at position ${position}.`,
      ),
      label([LEFT, memory + 50 + SIZE + 38], "A frame: one row of an image.", {
        soft: true,
        size: 12,
      }),
    ],
  });
}

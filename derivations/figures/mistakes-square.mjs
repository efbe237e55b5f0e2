/** Where a pixel is in memory, and where it would be with the height in place of the width. */
import { maxPool2dForward } from "leibniz/backprop";
import { cells, diagram, label } from "leibniz/figures";
import { Random } from "leibniz/tensor";

export const breaks = "winner-counted-with-height";

const SIZE = 32;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const content = [];
  for (const [H, W, top] of [
    [3, 5, 60],
    [4, 4, 236],
  ]) {
    // a window of one pixel: its winner is the pixel itself, which the layer counts in its plane
    const image = new Random("square").uniform([1, 1, H, W], -1, 1, "float64");
    const winners = (await maxPool2dForward(image, { kernelSize: 1 })).cache.argmax.data;
    const rows = Array.from({ length: H }, (_, h) => h);
    const right = rows.map((h) => [...winners.slice(h * W, (h + 1) * W)]);
    const wrong = rows.map((h) => Array.from({ length: W }, (_, w) => h * H + w));
    const seriesOf = (h, w) => (wrong[h][w] === right[h][w] ? null : 1);
    const count = wrong.flat().filter((value, i) => value !== right.flat()[i]).length;
    content.push(
      label([12, top - 32], `H = ${H}, W = ${W}:`, { soft: true }),
      label(
        [120, top - 32],
        count === 0 ? "all alike, nothing shows" : `${count} of ${H * W} are wrong`,
        {
          series: count === 0 ? undefined : 1,
        },
      ),
      cells({ at: [12, top], values: right, size: SIZE, title: "h · W + w" }),
      cells({ at: [212, top], values: wrong, size: SIZE, title: "h · H + w", seriesOf }),
    );
  }
  return diagram({
    title: "The height in place of the width",
    description:
      "In an image of 3 by 5 pixels, h · H + w is another place than h · W + w for all pixels " +
      "below the first row; in one of 4 by 4 both are the same everywhere.",
    width: 400,
    height: 376,
    content,
  });
}

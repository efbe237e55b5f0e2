/** The images of a batch shared among one, two and four threads. */
import { arrow, cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry } from "leibniz/im2col";
import { convolutionFlop } from "leibniz/kernels";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/ladder/index.ts",
  find: "return 2 *",
  replace: "return 3 *",
};

const [BATCH, PIECES] = [256, 16];
const [SIZE, LEFT, REST, HIGH] = [18, 14, 34, 26];

/** @returns {Promise<string>} */
export default async function draw() {
  const geometry = conv2dGeometry("threads", 13, 13, { kernelSize: 3 });
  const weight = Tensor.zeros([32, 16, 3, 3]);
  const million = (images) => Math.round(convolutionFlop(images, weight, geometry) / 1e6);
  const content = [];
  let y = 34;
  for (const threads of [1, 2, 4]) {
    const mine = PIECES / threads;
    const count = `${million(BATCH / threads)} million operations ${threads === 1 ? "" : "each"}`;
    content.push(label([LEFT, y], `${threads} thread${threads === 1 ? "" : "s"}: ${count.trim()}`));
    y += 10;
    for (let t = 0; t < threads; t++, y += HIGH)
      content.push(
        cells({
          at: [LEFT + REST, y],
          size: SIZE,
          values: [Array(mine).fill(null)],
          seriesOf: () => t,
        }),
      );
    const high = threads * HIGH - (HIGH - SIZE);
    content.push(
      cells({ at: [LEFT, y - threads * HIGH], size: REST - 2, values: [["rest"]] }),
      arrow(
        [LEFT + REST + mine * SIZE + 6, y - threads * HIGH + high / 2],
        [LEFT + REST + mine * SIZE + 22, y - threads * HIGH + high / 2],
        { headless: true },
      ),
      label([LEFT + REST + mine * SIZE + 27, y - threads * HIGH + high / 2 + 4], "done", {
        soft: true,
        size: 12,
      }),
    );
    y += threads === 1 ? 44 : 34;
  }
  return diagram({
    title: "A batch shared among threads",
    description:
      "With two threads each has half of the images, with four a quarter, so the work takes a half " +
      "and a quarter of the time. The rest, which nothing shares, takes as long as before.",
    width: LEFT + REST + PIECES * SIZE + 76,
    height: y - 8,
    content: [
      ...content,
      label([LEFT, y - 18], "time → (a square: 16 of the 256 images)", { soft: true, size: 12 }),
    ],
  });
}

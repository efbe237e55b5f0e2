/** Sobel's filter as a task: its output to be learned, and where in a layer it would lie. */
import { type Dataset, ImageDataset } from "../../data/index.js";
import type { Sequential } from "../../network/index.js";
import { type Random, Tensor } from "../../tensor/index.js";
import { classicalFilters } from "./classical-filters.js";

const SOBEL = classicalFilters["Sobel x"];
/** Of an image, and of what the filter makes of it. */
export const [SIDE, OUT] = [28, 26] as const;

/** Images of bytes that are evenly drawn, each for itself. */
export function noise(count: number, random: Random): Dataset {
  const drawn = random.split("noise");
  const words = Uint32Array.from({ length: (count * SIDE * SIDE) / 4 }, () => drawn.bits());
  const pixels = new Uint8Array(words.length * 4);
  for (let i = 0; i < pixels.length; i++) pixels[i] = words[i >> 2]! >>> (8 * (i & 3));
  return new ImageDataset({
    images: { count, height: SIDE, width: SIDE, pixels },
    labels: new Uint8Array(count),
  });
}

/** The same images, with what Sobel's filter makes of each, [N, 676], as their target. */
export function withSobel(images: Dataset): Dataset {
  return images.map(({ x }) => {
    const target = Tensor.zeros([x.shape[0]!, OUT * OUT], "float32");
    const [from, to] = [x.data, target.data];
    for (let n = 0, at = 0; n < x.shape[0]!; n++)
      for (let p = 0; p < OUT; p++)
        for (let q = 0; q < OUT; q++, at++) {
          let sum = 0;
          for (let i = 0; i < 9; i++)
            sum += SOBEL[i]! * from[(n * SIDE + p + Math.floor(i / 3)) * SIDE + q + (i % 3)]!;
          to[at] = sum;
        }
    return { x, target };
  });
}

/** The weights of the layer as an affine one would have them: of 784 inputs for each feature. */
function weightsOf(layer: string, network: Sequential): (feature: number, input: number) => number {
  const { parameter } = network.parameters.find(({ name }) => name.endsWith(".weight"))!;
  const { data } = parameter.value;
  if (layer === "affine") return (feature, input) => data[feature * SIDE * SIDE + input]!;
  return (feature, input) => {
    const i = windowEntry(feature, input);
    return i < 0 ? 0 : data[i]!;
  };
}

/** Which entry of the filter lies on an input, 0 to 8; −1 outside of the window. */
export function windowEntry(feature: number, input: number): number {
  const down = Math.floor(input / SIDE) - Math.floor(feature / OUT);
  const right = (input % SIDE) - (feature % OUT);
  return down >= 0 && down < 3 && right >= 0 && right < 3 ? 3 * down + right : -1;
}

export function insideShare(layer: string, network: Sequential): number {
  const at = weightsOf(layer, network);
  let [inside, all] = [0, 0];
  for (let feature = 0; feature < OUT * OUT; feature++)
    for (let input = 0; input < SIDE * SIDE; input++) {
      const square = at(feature, input) * at(feature, input);
      all += square;
      if (windowEntry(feature, input) >= 0) inside += square;
    }
  return inside / all;
}

/** Of the feature in row 12, column 12: its window's 9 inputs, and three more on each side. */
export function aroundTheMiddle(layer: string, network: Sequential): number[] {
  const at = weightsOf(layer, network);
  return Array.from({ length: 81 }, (_, i) =>
    at(12 * OUT + 12, (9 + Math.floor(i / 9)) * SIDE + 9 + (i % 9)),
  );
}

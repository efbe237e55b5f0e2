/** Pictures no larger than they are shown, so that a page of them stays small. */
import type { Picture } from "../figures/index.js";
import type { LabelledImages } from "../data/index.js";
import { pixelsOf } from "./mistakes.js";

/** Pixels of the longer side that are kept. */
const LARGEST = 64;

/** A picture in which blocks of pixels have become one, their mean, if it is too large. */
export function thumbnail({ caption, shape, values }: Picture): Picture {
  const [channels, height, width] =
    shape.length === 2 ? [1, shape[0]!, shape[1]!] : (shape as [number, number, number]);
  const block = Math.ceil(Math.max(height, width) / LARGEST);
  if (block === 1) return { caption, shape, values };
  const [rows, columns] = [Math.ceil(height / block), Math.ceil(width / block)];
  const small = new Float64Array(channels * rows * columns);
  for (let plane = 0; plane < channels; plane++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        let [sum, count] = [0, 0];
        for (let h = r * block; h < Math.min(height, (r + 1) * block); h++)
          for (let w = c * block; w < Math.min(width, (c + 1) * block); w++, count++)
            sum += values[(plane * height + h) * width + w]!;
        small[(plane * rows + r) * columns + c] = sum / count;
      }
  return { caption, shape: [channels, rows, columns], values: small };
}

/** An image of a data set as it is, for {@link pictures} of the kind `light`. */
export function imageOf(data: LabelledImages, index: number, caption: string): Picture {
  const { channels = 1, height, width } = data.images;
  const values = Float64Array.from(pixelsOf(data, index), (byte) => byte / 255);
  // of two channels or four, the first is shown
  const shown = channels === 3 ? values : values.subarray(0, height * width);
  return thumbnail({ caption, shape: [channels === 3 ? 3 : 1, height, width], values: shown });
}

/** A signed picture: what stands in all channels of [1, C, H, W], added up. */
export function sumOfChannels(
  { shape, data }: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  caption: string,
): Picture {
  const [, channels, height, width] = shape as [number, number, number, number];
  const values = new Float64Array(height * width);
  for (let i = 0; i < channels * height * width; i++) values[i % values.length]! += data[i]!;
  return thumbnail({ caption, shape: [height, width], values });
}

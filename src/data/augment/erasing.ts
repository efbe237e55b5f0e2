import {
  exp,
  finite,
  log,
  type Random,
  type Rule,
  required,
  type Rules,
  share,
} from "../../tensor/index.js";
import { augmentationDescriber, type Image } from "./augmentation.js";

/** Options of {@link erasing}; see `derivations/augmentation.md`. */
export interface ErasingOptions {
  /** How likely an image is to lose something, from 0 to 1. */
  readonly probability: number;
  /** What share of the image is lost, at least and at most; both from 0 to 1. */
  readonly area: readonly [least: number, most: number];
  /**
   * The smallest ratio of one side of what is lost to the other, each as a share of the image's
   * side, above 0 and up to 1; 0.3 if left out.
   */
  readonly aspect?: number;
  /** What the lost pixels become, any finite number; 0, MNIST's black, if left out. */
  readonly value?: number;
}

/** A rectangle of pixels. */
export interface Rectangle {
  /** Its first row, counted from 0. */
  readonly top: number;
  /** Its first column, counted from 0. */
  readonly left: number;
  /** Rows; 0 where the share is too small for one. */
  readonly height: number;
  /** Columns; 0 where the share is too small for one. */
  readonly width: number;
}

const area: Rule = {
  expected: "two numbers from 0 to 1, [least, most]",
  accepts: (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every(share.accepts) &&
    (value[0] as number) <= (value[1] as number),
};
const rules: Rules<ErasingOptions> = {
  probability: required(share),
  area: required(area),
  aspect: {
    expected: "a number above 0, up to 1",
    accepts: (value) => share.accepts(value) && value !== 0,
  },
  value: finite,
};

/**
 * The sides of a rectangle that covers a share s of an image and is ρ times as tall, compared with
 * the image, as it is wide. It fits where s ≤ ρ ≤ 1/s. (augmentation.28)
 *
 * @returns in pixels, not yet rounded
 */
export function erasedSides(
  [H, W]: readonly [height: number, width: number],
  s: number,
  rho: number,
): [height: number, width: number] {
  // (augmentation.28) a = H·√(s·ρ), b = W·√(s/ρ)
  return [H * Math.sqrt(s * rho), W * Math.sqrt(s / rho)];
}

/**
 * Draws a rectangle, whose sides are rounded to whole pixels, anywhere in the image.
 * (augmentation.30)
 */
export function drawRectangle(
  { height: H, width: W }: Pick<Image, "height" | "width">,
  { area: [least, most], aspect = 0.3 }: ErasingOptions,
  random: Random,
): Rectangle {
  const s = least + (most - least) * random.next();
  // (augmentation.30) ρ = exp(log(max(ρ₀, s))·(1 − 2·u))
  const rho = exp(log(Math.max(aspect, s)) * (1 - 2 * random.next()));
  const [height, width] = erasedSides([H, W], s, rho).map(Math.round) as [number, number];
  const top = random.integer(H - height + 1);
  return { top, left: random.integer(W - width + 1), height, width };
}

function fillRectangle(
  { width: W, planes }: Image,
  { top, left, height, width }: Rectangle,
  value: number,
): void {
  for (const { data, at } of planes)
    for (let h = top; h < top + height; h++) {
      const from = at + h * W + left;
      data.fill(value, from, from + width);
    }
}

/**
 * Describes a rectangle of each image, or of some of them, that is written over (Zhong et al.,
 * 2020; DeVries and Taylor, 2017), so that a network does not rely on one part alone. All channels
 * lose the same part.
 *
 * @throws InputError when an option is out of range
 */
export const erasing = augmentationDescriber<ErasingOptions>({
  kind: "erasing",
  rules,
  acts: "pixels",
  build: (options) => {
    const { probability, area: shares, value = 0 } = options;
    if (probability === 0 || shares[1] === 0) return null;
    return (random, image) => {
      if (random.next() < probability)
        fillRectangle(image, drawRectangle(image, options, random), value);
    };
  },
});

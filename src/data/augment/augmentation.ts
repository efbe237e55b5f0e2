/**
 * Augmentations as data: a kind and its checked options, plain JSON, as layers are.
 *
 * A kind acts in one of three ways. Maps move the whole image, and any number of them are put
 * together into one; a field displaces each pixel by itself; what acts on pixels writes over some.
 */
import {
  type Describe,
  describing,
  type Description,
  type Kind,
  type Random,
} from "../../tensor/index.js";
import type { AffineMap } from "./affine-map.js";
import type { Places } from "./places.js";
import type { Plane } from "./sampler.js";

/** An augmentation's kind, and its options by name. */
export type AugmentationDescription = Description;

/** An image: its channels, each of H·W numbers. */
export interface Image {
  /** H, in pixels. */
  readonly height: number;
  /** W, in pixels. */
  readonly width: number;
  /** One for each channel. */
  readonly planes: readonly Plane[];
}

/** Draws how an image is moved. */
export type DrawMap = (random: Random) => AffineMap;
/** Draws how far each pixel is displaced, and writes all of it. */
export type DrawField = (random: Random, displacements: Places) => void;
/** Draws which pixels to change, and changes them. */
export type DrawPixels = (random: Random, image: Image) => void;

/**
 * What is to be known of a kind of augmentation, so that it can be described. `build` returns null
 * where its options leave every image as it is: then nothing is drawn either.
 */
export type AugmentationKind<Options extends object> = Kind<Options> &
  (
    | {
        /** The whole image is moved. */
        readonly acts: "map";
        /** Builds it from options that `rules` accepts. */
        readonly build: (options: Options) => DrawMap | null;
      }
    | {
        /** Each pixel is displaced by itself. A list of augmentations has one such at most. */
        readonly acts: "field";
        /** Builds it from options that `rules` accepts. */
        readonly build: (options: Options) => DrawField | null;
      }
    | {
        /** Pixels are written over, after all else. */
        readonly acts: "pixels";
        /** Builds it from options that `rules` accepts. */
        readonly build: (options: Options) => DrawPixels | null;
      }
  );

/** A kind as it stands in a list of kinds, whatever its options are. */
export type AnyAugmentationKind = AugmentationKind<Record<string, unknown>>;

/** Describes augmentations of one kind. */
export type AugmentationDescriber<Options> = Describe<Options> & {
  /** The kind of what it describes. */
  readonly augmentationKind: AnyAugmentationKind;
};

/**
 * A function that describes augmentations of a kind. It throws an InputError when an option is
 * unknown, out of range or missing.
 */
export function augmentationDescriber<Options extends object>(
  kind: AugmentationKind<Options>,
): AugmentationDescriber<Options> {
  return Object.assign(describing(kind), {
    augmentationKind: kind,
  }) as unknown as AugmentationDescriber<Options>;
}

/** A number evenly spread over [−most, most). */
export function drawUpTo(most: number, random: Random): number {
  return most * (2 * random.next() - 1); // (augmentation.9) a = r·(2·u − 1)
}

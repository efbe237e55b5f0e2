/** Augmentations from descriptions. */
import { checkDepth, checkedOptions, describedKind, inside, reject } from "../../tensor/index.js";
import { type Augment, augmentWith, type Draws } from "./augment-images.js";
import type {
  AnyAugmentationKind,
  AugmentationDescription,
  DrawField,
  DrawMap,
  DrawPixels,
} from "./augmentation.js";
import { elastic } from "./elastic.js";
import { erasing } from "./erasing.js";
import { rotation } from "./rotation.js";
import { scale } from "./scale.js";
import { shear } from "./shear.js";
import { shift } from "./shift.js";

/** The kinds of this package. A new one is a file, and a line here. */
export const augmentationKinds: readonly {
  /** Attached by {@link augmentationDescriber}. */
  readonly augmentationKind: AnyAugmentationKind;
}[] = [shift, rotation, scale, shear, elastic, erasing];

/**
 * What a list of descriptions does to images, in the order of the list: maps such as shift and
 * rotation first, then an elastic distortion, then what writes over pixels. Maps and distortion
 * become one, so that an image is sampled once, whatever the list.
 *
 * @param kinds those that there are; add one's own to {@link augmentationKinds}
 * @returns null where the list leaves every image as it is
 * @throws InputError when a kind or an option is unknown, or an option is missing or out of range,
 *   or the order is another
 */
export function buildAugmentations(
  descriptions: readonly AugmentationDescription[],
  kinds: readonly { readonly augmentationKind: AnyAugmentationKind }[] = augmentationKinds,
): Augment | null {
  return inside("augment", () => {
    if (!Array.isArray(descriptions))
      reject(
        "augment",
        "an array of augmentations, such as [rotation({ degrees: 10 })]",
        typeof descriptions,
      );
    checkDepth("augment", descriptions);
    const draws = drawsOf(
      descriptions,
      kinds.map(({ augmentationKind }) => augmentationKind),
    );
    const { maps, field, pixels } = draws;
    const changes = maps.length > 0 || field !== null || pixels.length > 0;
    return changes ? augmentWith(draws) : null;
  });
}

const words = { what: "augmentation", example: "rotation({ degrees: 10 })" };

function drawsOf(
  descriptions: readonly AugmentationDescription[],
  kinds: readonly AnyAugmentationKind[],
): Draws {
  const maps: DrawMap[] = [];
  const pixels: DrawPixels[] = [];
  let field: DrawField | null = null;
  let last: AnyAugmentationKind | null = null;
  for (const description of descriptions) {
    const { known, options } = describedKind(words, notDescriber(description), kinds);
    const checked = checkedOptions(known, options);
    checkOrder(last, known);
    last = known;
    if (known.acts === "map") maps.push(...present(known.build(checked)));
    else if (known.acts === "field") field = known.build(checked);
    else pixels.push(...present(known.build(checked)));
  }
  return { maps, field, pixels };
}

const present = <T>(value: T | null): T[] => (value === null ? [] : [value]);

/** @throws InputError when it is not a description, but what makes one */
function notDescriber(given: AugmentationDescription): AugmentationDescription {
  if (typeof given !== "function") return given;
  const { augmentationKind } = given as { augmentationKind?: AnyAugmentationKind };
  const { kind = "of no kind" } = augmentationKind ?? {};
  return reject("augmentation", "a description", `the function ${kind}`, `call it: ${kind}({ … })`);
}

/**
 * Displacements are known at the pixels of the result only, so nothing can move the image after
 * them, and what is written over stays as it is.
 */
function checkOrder(before: AnyAugmentationKind | null, { kind, acts }: AnyAugmentationKind): void {
  if (before === null) return;
  const order = ["map", "field", "pixels"];
  if (acts === "field" && before.acts === "field")
    reject(
      "augmentation",
      `${kind} once`,
      kind === before.kind ? "it twice" : `${before.kind} too`,
    );
  if (order.indexOf(acts) < order.indexOf(before.acts))
    reject("augmentation", `${kind} in front of ${before.kind}`, `it behind`);
}

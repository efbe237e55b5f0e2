/** Somebody's own picture as a network takes it. */
import {
  asItIs,
  asMnist,
  asPhoto,
  type ImageShape,
  type Picture,
  type Prepared,
} from "../data/index.js";

/** What a network takes, and what its classes are called. */
export interface Taken {
  readonly shape: ImageShape;
  readonly names: readonly string[];
}

/** @param isRaw whether it is to be taken as it is, in the size that the network takes */
export function preparePicture(
  picture: Picture,
  { shape, names }: Taken,
  isRaw: boolean,
  where: string,
): Prepared {
  const [channels, height, width] = shape;
  if (isRaw) return asItIs(picture, shape, where);
  // digits and letters are prepared as such; names of other things tell that they are none
  const areCharacters = names.every((name) => /^\d+$/.test(name) || [...name].length === 1);
  return channels === 1 && areCharacters
    ? asMnist(picture, height, width, where)
    : asPhoto(picture, shape);
}

/** Labels of one data set as the class numbers of another. */
import { reject } from "../../tensor/index.js";
import { ImageDataset } from "../image-dataset.js";
import type { ClassNumbers } from "../labelled-images.js";

/** Names of classes that have none: 0, 1, 2 … */
export function numbersAsNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => String(n));
}

/**
 * The same images with the class numbers that a network was trained on: classes are matched by
 * their names, or by their numbers where the images' have no names.
 *
 * @param classNames of the images; null where they are called 0, 1, 2 …
 * @param known the network's classes in their order
 * @param where the images, for messages
 * @throws InputError when an image shows a class that the network does not know
 */
export function numberedAs(
  data: ImageDataset,
  classNames: readonly string[] | null,
  known: readonly string[],
  where: string,
): ImageDataset {
  const { images, labels } = data;
  const places = new Map(known.map((name, n) => [name, n]));
  const nameOf = (label: number): string => classNames?.[label] ?? String(label);
  const used = [...new Set(labels)].sort((a, b) => a - b);
  const unknown = used.find((label) => !places.has(nameOf(label)));
  // where the network's classes are called by numbers, labels are those names
  const haveNumbers = known.every((name) => /^\d+$/.test(name));
  const isByNumber = classNames === null && unknown !== undefined && !haveNumbers;
  const wrong = isByNumber ? used.find((label) => label >= known.length) : unknown;
  if (wrong !== undefined)
    reject(
      where,
      `images of the network's ${known.length} classes (${listed(known)})`,
      `${nameOf(wrong)} for image ${labels.indexOf(wrong)}`,
    );
  if (isByNumber || used.every((label) => places.get(nameOf(label)) === label)) return data;
  const numbers: ClassNumbers = Uint16Array.from(labels, (label) => places.get(nameOf(label))!);
  return new ImageDataset({ images, labels: numbers }, where);
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}`;
}

/** Pictures that come with this package. */
import { decodePicture } from "./decode-picture.js";
import { openDisk, ownFile } from "./disk.js";
import type { Picture } from "./picture.js";

/**
 * A PNG or JPEG that this package brings along. Node only.
 *
 * @param name its path in the package
 * @throws InputError when it is missing or unreadable
 */
export async function readOwnPicture(name: string): Promise<Picture> {
  const disk = await openDisk("it comes with the package: install that anew");
  return decodePicture(await disk.read(await ownFile(name)), name);
}

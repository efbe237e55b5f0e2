/** A file becomes a small picture, or one line says why not. */
import type { GivenPicture } from "./picture.js";
import { type Size, sizeOf } from "./picture-header.js";

/** The longer side of what is kept. */
const SIDE = 64;
const MOST_BYTES = 100e6;
const MOST_PIXELS = 40e6;
/** How many times a picture may be as long as it is wide, or the other way round. */
const LONGEST = 8;
/** A camera writes a small picture and much else before the size of the large one. */
const HEADER_BYTES = 1 << 20;

/** @throws Error with one line for people */
export async function loadPicture(file: Blob): Promise<Omit<GivenPicture, "stamp">> {
  const size = await checkedSize(file);
  const scale = SIDE / Math.max(size.width, size.height);
  const bitmap = await decoded(file, Math.max(1, Math.round(size.width * scale)));
  // one that a camera has turned is turned back: its sides may have changed places
  const shrink = SIDE / Math.max(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width, bitmap.height].map((extent) =>
    Math.max(1, Math.round(extent * Math.min(1, shrink))),
  ) as [number, number];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#fff"; // behind what is transparent
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, pixels: new Uint8Array(data) };
}

async function checkedSize(file: Blob): Promise<Size> {
  if (file.size === 0) throw new Error("The file is empty: it has 0 bytes.");
  if (file.size > MOST_BYTES)
    throw new Error(`The file has ${megas(file.size)} megabytes: at most 100 are read.`);
  const head = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  const size = sizeOf(head);
  if (size === null) {
    const isSvg = /^\s*(?:<\?xml|<!--|<!doctype svg|<svg)/i.test(
      new TextDecoder().decode(head.subarray(0, 256)),
    );
    throw new Error(
      isSvg
        ? "An SVG is a drawing without pixels: expected a PNG, JPEG, GIF or WebP."
        : "That is no picture that can be read here: expected a PNG, JPEG, GIF or WebP.",
    );
  }
  const { width, height } = size;
  if (width === 0 || height === 0) throw new Error("The picture has no pixels.");
  if (width * height > MOST_PIXELS)
    throw new Error(
      `The picture has ${megas(width * height)} megapixels (${width} × ${height}): at most 40 ` +
        "are read. Make it smaller first.",
    );
  if (Math.max(width, height) > LONGEST * Math.min(width, height))
    throw new Error(`${width} × ${height} pixels are a strip: cut out a part of it first.`);
  return size;
}

const megas = (count: number): string => (count / 1e6).toFixed(count < 1e7 ? 1 : 0);

async function decoded(file: Blob, resizeWidth: number): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { resizeWidth, resizeQuality: "high" });
  } catch {
    throw new Error("The picture cannot be decoded: the file is damaged or cut off.");
  }
}

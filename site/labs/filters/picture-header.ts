/** A picture's size from the first bytes of its file: no need to decode one that is too large. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** @returns null for what is no PNG, JPEG, GIF or WebP, or ends too early */
export function sizeOf(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (textAt(bytes, 1, 3) === "PNG" && bytes[0] === 0x89)
      return { width: view.getUint32(16), height: view.getUint32(20) };
    if (/^GIF8[79]a$/.test(textAt(bytes, 0, 6)))
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (textAt(bytes, 0, 4) === "RIFF" && textAt(bytes, 8, 4) === "WEBP") return webpSize(view);
    return view.getUint16(0) === 0xffd8 ? jpegSize(view) : null;
  } catch {
    return null; // a number lies behind the end
  }
}

/** Of its three kinds: lossy, lossless, and with a header for both. */
function webpSize(view: DataView): Size | null {
  const kind = view.getUint32(12);
  if (kind === 0x56503820)
    return {
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
    };
  if (kind === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  const three = (at: number): number => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  return kind === 0x56503858 ? { width: three(24) + 1, height: three(27) + 1 } : null;
}

/** Segment after segment, to the one that begins a frame. */
function jpegSize(view: DataView): Size | null {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
}

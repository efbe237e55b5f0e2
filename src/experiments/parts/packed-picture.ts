/** Pictures as text, a byte for each pixel, so that a line of measurements can hold one. */
import { sizeOf } from "../../tensor/index.js";

export interface PackedPicture {
  /** [H, W] or [C, H, W] */
  readonly shape: readonly number[];
  /** What the bytes 0 and 255 stand for. */
  readonly low: number;
  readonly high: number;
  /** The bytes in base64. */
  readonly bytes: string;
}

/** Rounds to the nearest of 256 numbers between the smallest and the largest. */
export function packPicture(values: ArrayLike<number>, shape: readonly number[]): PackedPicture {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  const scale = high > low ? 255 / (high - low) : 0;
  let text = "";
  for (let i = 0; i < values.length; i++)
    text += String.fromCharCode(Math.round((values[i]! - low) * scale));
  return { shape, low, high, bytes: btoa(text) };
}

export function unpackPicture({ shape, low, high, bytes }: PackedPicture): Float64Array {
  const text = atob(bytes);
  return Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => low + (text.charCodeAt(i) / 255) * (high - low),
  );
}

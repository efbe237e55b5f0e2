import { integerPower, randomBits, sizeOf, type Tensor } from "../../../tensor/index.js";
import type { RandomMask } from "../../backend.js";
import { leastKept } from "../../reference/random-mask.js";
import type { IKernelFunctionThis } from "../gpujs.js";
import type { DeviceOperands } from "./operands.js";
import { quotient } from "./quotient.js";

/** How many binary digits of a whole number float32 counts without gaps. */
const DIGITS = 24;

/** 1, 2, 4, … */
const POWERS = Array.from({ length: DIGITS }, (_, place) => integerPower(2, place));

/**
 * An entry of a mask, from whole numbers whose binary digits say which entries stay.
 *
 * @param numbers what an entry is that stays, and the powers of 2 up to 2²³
 */
export function maskEntry(this: IKernelFunctionThis, digits: number[], numbers: number[]): number {
  const word = quotient(this.thread.x, 24);
  const place = this.thread.x - 24 * word;
  const shifted = quotient(digits[word]!, numbers[1 + place]!);
  // (dropout.1) mask[i] = 1[u ≥ p] / (1 − p)
  return (shifted - 2 * quotient(shifted, 2)) * numbers[0]!;
}

/**
 * See {@link Backend.randomMask}: drawn on the processor, since a device has no whole numbers of 32
 * bits, and sent as a binary digit for each entry. Null where it is not for the device.
 */
export function randomMask(
  operands: DeviceOperands,
  shape: readonly number[],
  { seed, zeros, value }: RandomMask,
): Promise<Tensor> | null {
  const size = sizeOf(shape);
  if (!operands.memories.hasResults || !operands.hasRoomFor(size)) return null;
  const [bits, least] = [randomBits(seed, size), leastKept(zeros)];
  const digits = new Float32Array(Math.ceil(size / DIGITS));
  for (let i = 0; i < size; i++)
    if (bits[i]! >= least) digits[Math.floor(i / DIGITS)]! += POWERS[i % DIGITS]!;
  return drawn(operands, shape, digits, Float32Array.of(value, ...POWERS));
}

async function drawn(
  operands: DeviceOperands,
  shape: readonly number[],
  digits: Float32Array,
  numbers: Float32Array,
): Promise<Tensor> {
  const sent = await operands.send(digits);
  try {
    return await operands.tensor(shape, maskEntry, [sent], numbers);
  } finally {
    operands.release(sent);
  }
}

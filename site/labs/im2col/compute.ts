/** What the microscope shows of a state. */
import { conv2dForward } from "leibniz/backprop";
import { Tensor } from "leibniz/tensor";
import type { Im2colState } from "./state.js";

export interface Im2colNumbers {
  readonly out: readonly number[];
  readonly shape: readonly [number, number];
}

export async function compute({ image, stride, padding }: Im2colState): Promise<Im2colNumbers> {
  const x = Tensor.from([...image], [1, 1, 5, 5], "float64");
  const weight = Tensor.from([1, 0, -1, 2, 0, -2, 1, 0, -1], [1, 1, 3, 3], "float64");
  const bias = Tensor.from([0], [1], "float64");
  const { out } = await conv2dForward(x, weight, bias, { stride, padding });
  return { out: Array.from(out.data), shape: [out.shape[2]!, out.shape[3]!] };
}

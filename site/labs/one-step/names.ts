/** What tensors and their numbers are called. */
import { type Address, indicesAt, type TracedTensor } from "leibniz/tracing";

/** `conv1.weight.new` is written conv1.weight′. */
export const nameOf = (tensor: string): string => tensor.replace(/\.new$/, "′");

/** `conv1.weight[0, 0, 1, 2]` */
export function placeOf(
  { tensors }: { readonly tensors: ReadonlyMap<string, TracedTensor> },
  { tensor, index }: Address,
): string {
  const shape = tensors.get(tensor)?.shape ?? [];
  return shape.length === 0
    ? nameOf(tensor)
    : `${nameOf(tensor)}[${indicesAt(shape, index).join(", ")}]`;
}

import type { TracedStep } from "./traced-step.js";

/** A tensor with numbers that are none. */
export interface NotFinite {
  /** Its name. */
  readonly tensor: string;
  /** Where the first of them is, row-major. */
  readonly index: number;
  /** The first of them: NaN, ∞ or −∞. */
  readonly value: number;
  /** How many there are. */
  readonly count: number;
}

/** The tensors of a step that hold NaN or infinite numbers, in the order of their making. */
export function notFiniteIn({ tensors }: TracedStep): NotFinite[] {
  const found: NotFinite[] = [];
  for (const { name, data } of tensors.values()) {
    const index = data.findIndex((value) => !Number.isFinite(value));
    if (index < 0) continue;
    const count = data.filter((value) => !Number.isFinite(value)).length;
    found.push({ tensor: name, index, value: data[index]!, count });
  }
  return found;
}

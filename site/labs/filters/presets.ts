/** Filters that people have made, row by row, and how one is brought to another size. */
import { classicalFilters } from "leibniz/experiments/parts/classical-filters";

export const presets = {
  ...classicalFilters,
  emboss: [-2, -1, 0, -1, 1, 1, 0, 1, 2],
  identity: [0, 0, 0, 0, 1, 0, 0, 0, 0],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type Preset = keyof typeof presets;

export const presetNames = Object.keys(presets) as readonly Preset[];

/** The one that all channels have; null for a filter of one's own. */
export function presetOf(weight: readonly number[], [kH, kW]: readonly number[]): Preset | null {
  if (kH !== 3 || kW !== 3) return null;
  const isAll = (preset: Preset): boolean =>
    weight.every((value, at) => value === presets[preset][at % 9]);
  return presetNames.find(isAll) ?? null;
}

/** Cut, or framed with zeros, around the upper left of its middle. */
export function resized(
  plane: readonly number[],
  [fromH, fromW]: readonly [number, number],
  [toH, toW]: readonly [number, number],
): number[] {
  const [down, right] = [Math.trunc((fromH - toH) / 2), Math.trunc((fromW - toW) / 2)];
  return Array.from({ length: toH * toW }, (_, at) => {
    const [i, j] = [Math.floor(at / toW) + down, (at % toW) + right];
    return i < 0 || j < 0 || i >= fromH || j >= fromW ? 0 : plane[i * fromW + j]!;
  });
}

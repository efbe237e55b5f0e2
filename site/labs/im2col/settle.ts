/** States that hang together: a kernel that fits, numbers for every cell, choices that exist. */
import type { ReadState } from "../frame/fields.js";
import { geometryOf, type Im2colState, shapesOf } from "./state.js";

const EDITED = ["x", "weight", "dOut"] as const;

export function settle(given: Im2colState): ReadState<Im2colState> {
  const fitted = fit(given);
  const counted = count(fitted.state);
  return { state: clamp(counted.state), problem: fitted.problem ?? counted.problem };
}

/** Makes a kernel smaller, its gaps first, until the engine takes it. */
function fit(given: Im2colState): ReadState<Im2colState> {
  let state = given;
  let refusal: string | null = null;
  for (;;) {
    try {
      geometryOf(state);
      break;
    } catch (error) {
      refusal ??= (error as Error).message;
      state = smaller(state);
    }
  }
  if (refusal === null) return { state, problem: null };
  const changes =
    state.kernel === given.kernel
      ? `the dilation is ${state.dilation} now`
      : `the kernel is ${state.kernel.join("×")} now, and its dilation ${state.dilation}`;
  return { state, problem: `${refusal.split(";")[0]}: ${changes}.` };
}

function smaller(state: Im2colState): Im2colState {
  if (state.dilation > 1) return { ...state, dilation: state.dilation - 1 };
  const room = state.size.map((extent) => extent + 2 * state.padding);
  return { ...state, kernel: state.kernel.map((extent, axis) => Math.min(extent, room[axis]!)) };
}

/** Draws anew what has more or fewer numbers than cells. */
function count(given: Im2colState): ReadState<Im2colState> {
  const shapes = shapesOf(given);
  const wrong = EDITED.filter((name) => {
    const { length } = given[name];
    return length > 0 && length !== sizeOf(shapes[name]);
  });
  if (wrong.length === 0) return { state: given, problem: null };
  const drawn = Object.fromEntries(wrong.map((name) => [name, []]));
  const first = wrong[0]!;
  const problem =
    `${first} needs ${sizeOf(shapes[first])} numbers here, not ${given[first].length}: ` +
    `${wrong.join(" and ")} ${wrong.length === 1 ? "is" : "are"} drawn by the seed.`;
  return { state: { ...given, ...drawn }, problem };
}

function clamp(state: Im2colState): Im2colState {
  const { padding, channels, filters } = state;
  const { H, W, kH, kW, outH, outW } = geometryOf(state);
  const clamped = (values: readonly number[], least: readonly number[], ends: readonly number[]) =>
    values.map((value, axis) => Math.max(least[axis]!, Math.min(value, ends[axis]! - 1)));
  return {
    ...state,
    pixel: clamped(state.pixel, [0, -padding, -padding], [channels, H + padding, W + padding]),
    output: clamped(state.output, [0, 0, 0], [filters, outH, outW]),
    entry: clamped(state.entry, [0, 0, 0, 0], [filters, channels, kH, kW]),
  };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

/**
 * A change of a size, with the numbers that were edited in their places: new cells are 0, and those
 * that are no longer there are gone.
 */
export function reshaped(state: Im2colState, change: Partial<Im2colState>): Partial<Im2colState> {
  const { state: after } = fit({ ...state, ...change } as Im2colState);
  const [old, now] = [shapesOf(state), shapesOf(after)];
  const kept = EDITED.filter((name) => state[name].length > 0).map((name) => [
    name,
    moved(state[name], old[name], now[name]),
  ]);
  return { ...change, ...Object.fromEntries(kept) };
}

function moved(
  values: readonly number[],
  [extent = 1, ...inner]: readonly number[],
  [newExtent = 1, ...newInner]: readonly number[],
): number[] {
  const block = sizeOf(inner);
  return Array.from({ length: newExtent }, (_, at) => {
    if (at >= extent) return new Array<number>(sizeOf(newInner)).fill(0);
    const part = values.slice(at * block, (at + 1) * block);
    return inner.length === 0 ? [part[0]!] : moved(part, inner, newInner);
  }).flat();
}

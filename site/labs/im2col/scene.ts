/** What every view of the microscope draws from, and what is pointed at. */
import type { Lab } from "../frame/lab.js";
import type { Im2colNumbers } from "./compute.js";
import type { Im2colState } from "./state.js";

/** A pixel, or a place on the padding. */
export interface PixelTarget {
  readonly kind: "pixel";
  readonly c: number;
  readonly h: number;
  readonly w: number;
}

/** A window; with k, its output in one channel. */
export interface WindowTarget {
  readonly kind: "window";
  readonly p: number;
  readonly q: number;
  readonly k?: number;
}

export type Target = PixelTarget | WindowTarget;

export interface Scene {
  readonly lab: Lab<Im2colState, Im2colNumbers>;
  /** What the numbers are of. */
  readonly state: Im2colState;
  readonly numbers: Im2colNumbers;
  /** What a pointer or a cursor is on. */
  readonly pointed: Target | null;
  readonly point: (target: Target | null) => void;
}

/** Where a pixel's number is in the image with its frame; what `sources` has. */
export function placeOf({ numbers: { geometry } }: Scene, { c, h, w }: PixelTarget): number {
  const { H, W, padH, padW } = geometry;
  return (c * (H + 2 * padH) + h + padH) * (W + 2 * padW) + w + padW;
}

export const isPixel = ({ numbers: { geometry } }: Scene, h: number, w: number): boolean =>
  h >= 0 && h < geometry.H && w >= 0 && w < geometry.W;

export const windowCount = ({ numbers: { geometry } }: Scene): number =>
  geometry.outH * geometry.outW;

/** A copy of a pixel: a cell of cols. */
export interface Copy {
  readonly row: number;
  readonly column: number;
}

const found = new WeakMap<readonly number[], ReadonlyMap<number, readonly Copy[]>>();

/** Every copy of a pixel, found by where the columns are from. */
export function copiesOf(scene: Scene, target: PixelTarget): readonly Copy[] {
  const { sources } = scene.numbers;
  let copies = found.get(sources);
  if (copies === undefined) found.set(sources, (copies = byPlace(sources, windowCount(scene))));
  return copies.get(placeOf(scene, target)) ?? [];
}

function byPlace(sources: readonly number[], P: number): ReadonlyMap<number, readonly Copy[]> {
  const copies = new Map<number, Copy[]>();
  for (const [at, place] of sources.entries()) {
    const copy = { row: Math.floor(at / P), column: at % P };
    const others = copies.get(place);
    if (others === undefined) copies.set(place, [copy]);
    else others.push(copy);
  }
  return copies;
}

/** The places under a window, in all channels. */
export function placesUnder(scene: Scene, { p, q }: WindowTarget): ReadonlySet<number> {
  const { sources, geometry } = scene.numbers;
  const P = windowCount(scene);
  const column = p * geometry.outW + q;
  return new Set(sources.filter((_, at) => at % P === column));
}

/** The window of a column. */
export function windowAt({ numbers: { geometry } }: Scene, column: number): WindowTarget {
  const { outW } = geometry;
  return { kind: "window", p: Math.floor(column / outW), q: column % outW };
}

/** [c, i, j] of a row of cols. */
export function entryAt({ numbers: { geometry } }: Scene, row: number): readonly number[] {
  const { kH, kW } = geometry;
  return [Math.floor(row / (kH * kW)), Math.floor(row / kW) % kH, row % kW];
}

/** What is chosen, as a target. */
export function chosenPixel({ state }: Scene): PixelTarget {
  const [c, h, w] = state.pixel as [number, number, number];
  return { kind: "pixel", c, h, w };
}

export function chosenWindow({ state }: Scene): Required<WindowTarget> {
  const [k, p, q] = state.output as [number, number, number];
  return { kind: "window", k, p, q };
}

export const isSameWindow = (a: WindowTarget, p: number, q: number): boolean =>
  a.p === p && a.q === q;

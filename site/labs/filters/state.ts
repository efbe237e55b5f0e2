/** What a link to the laboratory of filters carries. */
import {
  type Field,
  type Fields,
  flag,
  numbers,
  oneOf,
  type ReadState,
  whole,
  wholes,
} from "../frame/fields.js";
import { presets, resized } from "./presets.js";

export const PICTURES = ["digit", "scene", "drawing", "file"] as const;
export type PictureKind = (typeof PICTURES)[number];

export const MODES = ["conv", "max", "average"] as const;
export type Mode = (typeof MODES)[number];

export interface FiltersState
  extends Readonly<Record<string, number | string | boolean | readonly number[]>> {
  readonly picture: PictureKind;
  readonly digit: number;
  /** Of a scene or a file, in pixels: its longer side. */
  readonly side: number;
  /** Whether a scene or a file is red, green and blue. */
  readonly colour: boolean;
  /** 28 × 28 shades from 0 to 15. */
  readonly drawing: readonly number[];
  readonly mode: Mode;
  /** kH and kW. */
  readonly kernel: readonly number[];
  /** [C, kH, kW], row-major. */
  readonly weight: readonly number[];
  /** Whether the filter is laid on turned by half a turn. */
  readonly turned: boolean;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly view: "look" | "shift";
  /** Right and down, in pixels. */
  readonly dx: number;
  readonly dy: number;
  /** Height and width of the poolings that follow in the view of the shift. */
  readonly pool: number;
  /** What is looked at when nothing is pointed at: a place of `out` or of the picture. */
  readonly pin: "none" | "out" | "picture";
  readonly at: readonly number[];
}

export const version = 1;

/** Of digits and drawings, in pixels. */
export const SMALL_SIDE = 28;
/** The strongest shade of a drawing. */
export const INK = 15;

/** A hexadecimal digit for each pixel; several equal ones as `0x17.` */
const drawing: Field<readonly number[]> = {
  initial: new Array<number>(SMALL_SIDE * SMALL_SIDE).fill(0),
  expected: `${SMALL_SIDE * SMALL_SIDE} shades from 0 to f`,
  read: (text) => {
    if (!/^(?:[0-9a-f](?:x\d{1,3}\.)?){1,784}$/.test(text)) return null;
    const shades: number[] = [];
    for (const [, shade, times = "1"] of text.matchAll(/([0-9a-f])(?:x(\d+)\.)?/g)) {
      if (shades.length + Number(times) > SMALL_SIDE * SMALL_SIDE) return null;
      for (let i = 0; i < Number(times); i++) shades.push(Number.parseInt(shade!, 16));
    }
    return shades.length === SMALL_SIDE * SMALL_SIDE ? shades : null;
  },
  write: (shades) =>
    shades
      .map((shade) => shade.toString(16))
      .join("")
      .replace(/([0-9a-f])\1{4,}/g, (run, shade: string) => `${shade}x${run.length}.`),
};

export const fields: Fields<FiltersState> = {
  picture: oneOf<PictureKind>("digit", PICTURES),
  digit: whole(3, 0, 9),
  side: whole(48, 24, 64),
  colour: flag(false),
  drawing,
  mode: oneOf<Mode>("conv", MODES),
  kernel: wholes([3, 3], 1, 5),
  weight: numbers(presets["Sobel x"], -100, 100, [1, 75]),
  turned: flag(false),
  stride: whole(1, 1, 4),
  padding: whole(0, 0, 4),
  dilation: whole(1, 1, 4),
  view: oneOf<FiltersState["view"]>("look", ["look", "shift"]),
  dx: whole(1, -8, 8),
  dy: whole(0, -8, 8),
  pool: whole(2, 2, 4),
  pin: oneOf<FiltersState["pin"]>("none", ["none", "out", "picture"]),
  at: wholes([0, 0], 0, 80),
};

/** Only a scene or a file can have colours. */
export const channelsOf = ({ picture, colour }: FiltersState): 1 | 3 =>
  colour && (picture === "scene" || picture === "file") ? 3 : 1;

/** A state that hangs together, and in one line what did not. */
export function settle(given: FiltersState, hasFile: boolean): ReadState<FiltersState> {
  let state = given;
  let problem: string | null = null;
  if (state.picture === "file" && !hasFile) {
    state = { ...state, picture: "scene" };
    problem = "No link carries a picture from a file: here is the scene in its place.";
  }
  const [channels, [kH, kW]] = [channelsOf(state), state.kernel as [number, number]];
  const plane = kH * kW;
  if (state.weight.length === plane && channels === 3) {
    const { weight } = state;
    state = { ...state, weight: [...weight, ...weight, ...weight] };
  } else if (state.weight.length === 3 * plane && channels === 1)
    state = { ...state, weight: state.weight.slice(0, plane) };
  else if (state.weight.length !== channels * plane) {
    const weight = Array.from({ length: channels }, () =>
      resized(presets["Sobel x"], [3, 3], [kH, kW]),
    ).flat();
    // a pooling has no weights, so that a link to one need not say any
    if (state.mode === "conv" || state.view === "shift")
      problem =
        `A filter of ${kH} × ${kW} has ${plane} weights for each channel, got ` +
        `${state.weight.length}: it starts as Sobel x.`;
    state = { ...state, weight };
  }
  // a pooling's window must hold a pixel: none may lie on the padding alone
  const most = Math.min(kH, kW) - 1;
  if (state.mode !== "conv" && state.view === "look" && state.padding > most) {
    problem =
      `A pooling of ${kH} × ${kW} takes a padding up to ${most}: none of its windows may lie on ` +
      "it alone.";
    state = { ...state, padding: most };
  }
  return { state, problem };
}

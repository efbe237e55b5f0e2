/** What the laboratory shows of a state: the picture, what becomes of it, and one place of it. */
import { averagePool2dForward, conv2dForward, maxPool2dForward } from "leibniz/backprop";
import { conv2dGeometry, type WindowGeometry } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";
import { halfTurn, type OutputSize, outputSizes } from "leibniz/tracing";
import { type Focus, focusOn, type Place } from "./focus.js";
import { type GivenPicture, pictureOf } from "./picture.js";
import { type ShiftRow, shiftRows } from "./shift.js";
import { channelsOf, type FiltersState } from "./state.js";

/** Numbers [C, H, W]. */
export interface Planes {
  readonly shape: readonly [C: number, H: number, W: number];
  readonly values: ArrayLike<number>;
}

export interface FiltersNumbers {
  readonly picture: Planes;
  /** The filter as it is laid on, [C, kH, kW]; turned, if it is to be. */
  readonly laid: readonly number[];
  readonly out: Planes;
  readonly sizes: readonly [OutputSize, OutputSize];
  readonly focus: Focus | null;
  readonly shift: readonly ShiftRow[];
}

/** The forward pass of a state. */
export interface Forward {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly geometry: WindowGeometry;
  readonly out: Tensor;
  /** Of max pooling: h·W + w of each window's winner. */
  readonly winners: Int32Array | null;
}

export const planesOf = (x: Tensor): Planes => ({
  shape: x.shape.slice(1) as unknown as readonly [number, number, number],
  values: x.contiguous().data,
});

export async function compute(
  state: FiltersState,
  given: Readonly<Record<string, unknown>> = {},
): Promise<FiltersNumbers> {
  const forward = await forwardOf(state, (given["picture"] ?? null) as GivenPicture | null);
  const { x, weight, geometry, out } = forward;
  const pinned: Place | null =
    state.pin === "none" ? null : { side: state.pin, at: state.at as Place["at"] };
  const pointed = given["pointed"] as Place | null | undefined;
  const place = pointed ?? pinned;
  return {
    picture: planesOf(x),
    laid: Array.from(weight.data),
    out: planesOf(out),
    sizes: outputSizes(geometry),
    focus: state.view === "look" && place !== null ? focusOn(place, forward, state.mode) : null,
    shift: state.view === "shift" ? await shiftRows(state, forward) : [],
  };
}

/** Remembers the last thing that was asked for: sliders and pointers ask for most of it again. */
function remembered<T>(): (key: readonly unknown[], make: () => T) => T {
  let last: { readonly key: string; readonly value: T } | null = null;
  return (parts, make) => {
    const key = JSON.stringify(parts);
    if (last?.key !== key) last = { key, value: make() };
    return last.value;
  };
}

const lastPicture = remembered<Tensor>();
const lastForward = remembered<Promise<Forward>>();

function forwardOf(state: FiltersState, given: GivenPicture | null): Promise<Forward> {
  const { picture, digit, side, drawing } = state;
  const source = [picture, digit, side, drawing, channelsOf(state), given?.stamp];
  const { mode, kernel, weight, turned, stride, padding, dilation, view } = state;
  const options = [mode, kernel, weight, turned, stride, padding, dilation, view];
  return lastForward([source, options], () =>
    run(
      state,
      lastPicture(source, () => pictureOf(state, given)),
    ),
  );
}

async function run(state: FiltersState, x: Tensor): Promise<Forward> {
  const [kH, kW] = state.kernel as [number, number];
  const { stride, padding, dilation } = state;
  const options = { stride, padding, dilation };
  const given = Tensor.from([...state.weight], [1, channelsOf(state), kH, kW], "float64");
  const weight = state.turned ? halfTurn(given) : given;
  const kernelSize = [kH, kW] as const;
  const [H, W] = [x.shape[2]!, x.shape[3]!];
  if (state.mode === "conv" || state.view === "shift") {
    const { out } = await conv2dForward(x, weight, null, options);
    const geometry = conv2dGeometry("conv2d", H, W, { kernelSize, ...options });
    return { x, weight, geometry, out, winners: null };
  }
  if (state.mode === "max") {
    const { out, cache } = await maxPool2dForward(x, { kernelSize, ...options });
    return { x, weight, geometry: cache.geometry, out, winners: cache.argmax.data };
  }
  const { out, cache } = await averagePool2dForward(x, { kernelSize, ...options });
  return { x, weight, geometry: cache.geometry, out, winners: null };
}

/** What the microscope shows of a state. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { col2im, conv2dGeometry, im2col, type WindowGeometry } from "leibniz/im2col";
import { matmul, max, maximum, negate, Random, subtract, Tensor } from "leibniz/tensor";
import {
  firstRoad,
  type ImageGradientReceipt,
  imageGradientReceipt,
  type PatchProduct,
  patchOf,
  patchProducts,
  type RoadLengths,
  roadLengths,
  secondRoad,
  type WeightGradientReceipt,
  weightGradientReceipt,
  type WindowOver,
  windowsOver,
  withFrame,
} from "leibniz/tracing";
import { geometryOf, type Im2colState, MOST, shapesOf } from "./state.js";

/** Numbers in row-major order. */
type Numbers = readonly number[];

export interface Im2colNumbers {
  readonly geometry: WindowGeometry;
  /** [C, H, W], [K, C, kH, kW], [K, outH, outW] */
  readonly x: Numbers;
  readonly weight: Numbers;
  readonly dOut: Numbers;
  /** [R, P] */
  readonly cols: Numbers;
  /** [R, P]: which place of the image with its frame, [C, H + 2·padH, W + 2·padW], each is from. */
  readonly sources: Numbers;
  /** [K, P] */
  readonly out: Numbers;
  /** [R, P] */
  readonly dCols: Numbers;
  /** [C, H, W] */
  readonly dX: Numbers;
  /** [C, H + 2·padH, W + 2·padW]: dX if the padding were pixels. */
  readonly dXWithFrame: Numbers;
  readonly dWeight: Numbers;
  /** col2im of ones, and col2im(im2col(x)): [C, H, W] */
  readonly copies: Numbers;
  readonly roundTrip: Numbers;
  readonly pixel: ImageGradientReceipt;
  readonly reach: readonly WindowOver[];
  readonly output: { readonly products: readonly PatchProduct[]; readonly sum: number };
  readonly entry: WeightGradientReceipt;
  /** Only where it is seen, as the next one. */
  readonly drip: Drip | null;
  readonly roads: Roads | null;
}

/** What comes of one cell of dOut alone. */
export interface Drip {
  readonly value: number;
  readonly dX: Numbers;
  readonly dWeight: Numbers;
}

export interface Roads {
  /** dX after the first windows. */
  readonly first: Numbers;
  readonly second: Numbers;
  /** [K, …upSize] and [C, K, kH, kW] */
  readonly up: Numbers;
  readonly upSize: readonly [number, number];
  /** [K, …upSize]: 1 for a cell of dOut, 0 for a zero that was put in. */
  readonly gaps: Numbers;
  /** [K·kH·kW, H·W]: which place of `up` lies under each entry of the turned filter. */
  readonly upSources: Numbers;
  readonly flipped: Numbers;
  readonly lengths: RoadLengths;
  /** The largest difference between both ends. */
  readonly apart: number;
}

const listOf = (tensor: Tensor): number[] => Array.from(tensor.contiguous().data);

/** Whole numbers by the seed; a cell keeps its number when the shape around it changes. */
function drawn(seed: string, shape: Numbers, extents: Numbers, from: number, count: number) {
  const random = new Random(seed);
  const size = extents.reduce((product, extent) => product * extent, 1);
  const all = Tensor.from(
    Array.from({ length: size }, () => from + random.integer(count)),
    extents,
    "float64",
  );
  return all.slice(...shape.map((extent): [number, number] => [0, extent])).contiguous();
}

function tensorsOf(state: Im2colState) {
  const { seed } = state;
  const shapes = shapesOf(state);
  const { size, kernel, padding } = MOST;
  const windows = size + 2 * padding;
  const given = (name: "x" | "weight" | "dOut", draw: () => Tensor): Tensor =>
    state[name].length === 0 ? draw() : Tensor.from([...state[name]], shapes[name], "float64");
  const x = given("x", () => drawn(`x ${seed}`, shapes.x, [2, size, size], 0, 10));
  const weight = given("weight", () =>
    drawn(`weight ${seed}`, shapes.weight, [2, 2, kernel, kernel], -3, 7),
  );
  const dOut = given("dOut", () =>
    drawn(`dOut ${seed}`, shapes.dOut, [2, windows, windows], -4, 9),
  );
  return {
    x: x.reshape([1, ...shapes.x]),
    weight,
    dOut: dOut.reshape([1, ...shapes.dOut]),
  };
}

export async function compute(state: Im2colState): Promise<Im2colNumbers> {
  const geometry = geometryOf(state);
  const { stride, padding, dilation, channels: C, filters: K } = state;
  const { x, weight, dOut } = tensorsOf(state);
  const { out, cache } = await conv2dForward(x, weight, null, { stride, padding, dilation });
  const { dX, dWeight } = await conv2dBackward(dOut, cache);
  const cols = im2col(x, geometry);
  const [, R, P] = cols.shape as [number, number, number];
  // (conv2d.8) dCols = filtersᵀ · dOut
  const dCols = matmul(weight.reshape([K, R]).transpose(), dOut.reshape([K, P]));
  const onImages = dCols.reshape([1, R, P]);
  const [c, h, w] = state.pixel as [number, number, number];
  const [k, p, q] = state.output as [number, number, number];
  const products = patchProducts(patchOf(x, geometry, [0, p, q]), weight, k);
  return {
    geometry,
    ...{ x: listOf(x), weight: listOf(weight), dOut: listOf(dOut), out: listOf(out) },
    ...{ cols: listOf(cols), dCols: listOf(dCols), dX: listOf(dX), dWeight: listOf(dWeight) },
    sources: placesIn(C, withFrame(geometry)),
    dXWithFrame: listOf(col2im(onImages, C, withFrame(geometry))),
    copies: listOf(col2im(Tensor.full([1, R, P], 1, "float64"), C, geometry)),
    roundTrip: listOf(col2im(cols, C, geometry)),
    pixel: imageGradientReceipt(dOut, weight, geometry, [0, c, h, w]),
    reach: windowsOver(geometry, h, w),
    output: { products, sum: out.get(0, k, p, q) },
    entry: weightGradientReceipt(
      dOut,
      x,
      geometry,
      state.entry as [number, number, number, number],
    ),
    drip:
      state.view === "drip"
        ? await dripOf(dOut, [k, p, q], (one) => conv2dBackward(one, cache))
        : null,
    roads:
      state.view === "roads"
        ? await roadsOf({ state, geometry, weight, dOut, dX, onImages })
        : null,
  };
}

/** im2col of places instead of pixels, of an image without padding. */
function placesIn(C: number, geometry: WindowGeometry): number[] {
  const { H, W } = geometry;
  const places = Array.from({ length: C * H * W }, (_, at) => at);
  return listOf(im2col(Tensor.from(places, [1, C, H, W], "float64"), geometry));
}

async function dripOf(
  dOut: Tensor,
  [k, p, q]: readonly [number, number, number],
  backward: (one: Tensor) => Promise<{ dX: Tensor; dWeight: Tensor }>,
): Promise<Drip> {
  const one = Tensor.zeros(dOut.shape, "float64");
  const value = dOut.get(0, k, p, q);
  one.set([0, k, p, q], value);
  const { dX, dWeight } = await backward(one);
  return { value, dX: listOf(dX), dWeight: listOf(dWeight) };
}

interface Travelled {
  readonly state: Im2colState;
  readonly geometry: WindowGeometry;
  readonly weight: Tensor;
  readonly dOut: Tensor;
  readonly dX: Tensor;
  readonly onImages: Tensor;
}

async function roadsOf({ state, geometry, weight, dOut, dX, onImages }: Travelled): Promise<Roads> {
  const { channels: C, filters: K, dilation, travelled } = state;
  const { up, flipped, dX: second } = await secondRoad(dOut, weight, geometry);
  const difference = subtract(second, dX);
  const [upH, upW] = up.shape.slice(2) as [number, number];
  const kernelSize: [number, number] = [geometry.kH, geometry.kW];
  return {
    first: listOf(firstRoad(onImages, C, geometry, travelled)),
    second: listOf(second),
    up: listOf(up),
    upSize: [upH, upW],
    gaps: listOf((await secondRoad(Tensor.full(dOut.shape, 1, "float64"), weight, geometry)).up),
    upSources: placesIn(K, conv2dGeometry("up", upH, upW, { kernelSize, dilation })),
    flipped: listOf(flipped),
    lengths: roadLengths(geometry, C, K),
    apart: max(maximum(difference, negate(difference))).item(),
  };
}

/** What a link to the gradient check carries. */
import {
  CHECKED_LAYERS,
  fittingSizes,
  inputShapes,
  mistakeNames,
  UPSTREAMS,
} from "leibniz/tracing";
import {
  type Fields,
  flag,
  numbers,
  oneOf,
  type ReadState,
  whole,
  wholes,
} from "../frame/fields.js";
import { argumentOf, NONE, sizesOf } from "./chosen.js";

export const VIEWS = ["maps", "step", "checks", "balance"] as const;
export const GRADIENTS = ["x", "weight", "bias"] as const;
export const TYPES = ["float64", "float32"] as const;
export { argumentOf, NONE, sizesOf } from "./chosen.js";

const MISTAKES = [...new Set(CHECKED_LAYERS.flatMap(mistakeNames).map(({ name }) => name))];

type Names<T extends readonly string[]> = T[number];

export interface CheckState extends Readonly<Record<string, unknown>> {
  readonly view: Names<typeof VIEWS>;
  readonly layer: Names<typeof CHECKED_LAYERS>;
  readonly mistake: string;
  readonly gradient: Names<typeof GRADIENTS>;
  /** The chosen entry of the gradient, in row-major order. */
  readonly entry: number;
  readonly type: Names<typeof TYPES>;
  /** Of the step, in quarters of a decade: 10^(h/4). */
  readonly h: number;
  readonly upstream: Names<typeof UPSTREAMS>;
  /** Which output is 1 where `upstream` is `one`. */
  readonly one: number;
  readonly seed: number;
  readonly images: number;
  readonly channels: number;
  readonly filters: number;
  readonly features: number;
  readonly outputs: number;
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  /** Numbers in place of drawn ones; none if they are drawn. */
  readonly x: readonly number[];
  readonly u: readonly number[];
  /** Whether the geometry's controls are unfolded. */
  readonly sizes: boolean;
}

/** The state as the frame wants it: of plain values by name. */
export type State = CheckState &
  Readonly<Record<string, number | string | boolean | readonly number[]>>;

export const version = 1;

/** Of numbers that are typed. */
export const LARGEST = 100;
/** No layer here has more inputs, or outputs. */
const MOST = { x: 100, u: 300 };

export const fields: Fields<State> = {
  view: oneOf("maps", VIEWS),
  layer: oneOf("conv2d", CHECKED_LAYERS),
  mistake: oneOf(NONE, [NONE, ...MISTAKES]),
  gradient: oneOf("x", GRADIENTS),
  entry: whole(0, 0, 199),
  type: oneOf("float64", TYPES),
  h: whole(-12, -48, -4),
  upstream: oneOf("random", UPSTREAMS),
  one: whole(0, 0, MOST.u - 1),
  seed: whole(1, 0, 9999),
  images: whole(1, 1, 2),
  channels: whole(1, 1, 2),
  filters: whole(2, 1, 2),
  features: whole(3, 1, 6),
  outputs: whole(2, 2, 5),
  size: wholes([4, 5], 1, 5),
  kernel: wholes([3, 2], 1, 3),
  stride: wholes([1, 1], 1, 3),
  padding: wholes([0, 0], 0, 1),
  dilation: wholes([1, 1], 1, 2),
  x: numbers([], -LARGEST, LARGEST, [0, MOST.x]),
  u: numbers([], -LARGEST, LARGEST, [0, MOST.u]),
  sizes: flag(false),
} as Fields<State>;

/** Of x: each is moved four times, and a slider is to be answered at once. */
const MOST_NUMBERS = 50;

const product = (shape: readonly number[]): number => shape.reduce((all, one) => all * one, 1);

/** A state whose fields hang together, and what was changed for it. */
export function settle(state: State): ReadState<State> {
  const said: string[] = [];
  const asked = sizesOf(state);
  const isMuch = product([asked.images, asked.channels, ...asked.size]) > MOST_NUMBERS;
  const { sizes, changed } = fittingSizes(isMuch ? { ...asked, images: 1 } : asked);
  if (isMuch) said.push(`x has at most ${MOST_NUMBERS} numbers here: there is 1 image.`);
  if (changed !== null) said.push(changed);
  const settled: Record<string, unknown> = { ...state, ...sizes };
  const now = settled as unknown as State;
  const shapes = inputShapes(sizes);
  const names = mistakeNames(sizes.layer).map(({ name }) => name);
  if (state.mistake !== NONE && !names.includes(state.mistake)) {
    settled["mistake"] = NONE;
    said.push(`The layer ${sizes.layer} cannot make the mistake ${state.mistake}.`);
  }
  if (!Object.hasOwn(shapes, state.gradient)) settled["gradient"] = "x";
  const count = product(shapes[argumentOf(now)]!);
  settled["entry"] = Math.min(state.entry, count - 1);
  const first = product(Object.values(shapes)[0]!);
  if (state.x.length > 0 && state.x.length !== first) {
    settled["x"] = [];
    said.push(`The link has ${state.x.length} numbers for x, which has ${first}: they are drawn.`);
  }
  if (now.upstream === "own" && now.u.length === 0) settled["upstream"] = "random";
  return { state: now, problem: said.length === 0 ? null : said.join(" ") };
}

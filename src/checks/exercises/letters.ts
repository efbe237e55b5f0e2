/**
 * What a backward pass in loops is given and what it returns, layer by layer: names, axes, meaning.
 * The letters are the chapters'. Sizes are given too, so that a loop reads
 * `for (let n = 0; n < N; n++)`.
 */

/** One name that a backward pass is given. */
export interface Letter {
  /** Axes of nested arrays, from the outside in: `["N", "C", "H", "W"]`; none for a bare value. */
  readonly axes: readonly string[];
  /** What an entry is. */
  readonly entry: "number" | "boolean" | "mode";
  /** `the upstream gradient` */
  readonly means: string;
  /** Whether it may be null instead. */
  readonly mayBeNull: boolean;
}

/** All names of a layer, in the order in which they are given. */
export interface LayerLetters {
  /** What backward is given. */
  readonly given: Readonly<Record<string, Letter>>;
  /** The axes of what it returns: `dWeight: ["K", "C", "kH", "kW"]`. */
  readonly returned: Readonly<Record<string, readonly string[]>>;
}

const numbers = <const Axes extends readonly string[]>(axes: Axes, means: string) =>
  ({ axes, entry: "number", means, mayBeNull: false }) as const;
const number = (means: string) => numbers([], means);
const flag = (means: string) => ({ axes: [], entry: "boolean", means, mayBeNull: false }) as const;
const upstream = <const Axes extends readonly string[]>(axes: Axes) =>
  numbers(axes, "the upstream gradient");
const upstreamOfLoss = number("the upstream gradient, a number since the loss is one");

const imageSizes = {
  N: number("images"),
  C: number("channels of an image"),
  H: number("its rows"),
  W: number("its columns"),
};

/** Where windows lie: u(p, i) = p·strideH + i·dilationH − padH, and so v(q, j). */
const windowSizes = {
  kH: number("rows of a window"),
  kW: number("its columns"),
  outH: number("windows from top to bottom"),
  outW: number("windows from left to right"),
  strideH: number("rows from one window to the next below"),
  strideW: number("columns from one window to the next on the right"),
  padH: number("rows of padding above the image"),
  padW: number("columns of padding on its left"),
  dilationH: number("rows from one entry of a window to the next; 1: no gaps"),
  dilationW: number("columns from one entry to the next on the right"),
};

const hasBias = flag("whether there is a bias; without one dBias is null");

const entries = { M: number("how many entries x has, whatever its shape") };

/** A function of each entry alone. */
const elementwise = {
  given: {
    dOut: upstream(["M"]),
    x: numbers(["M"], "the entries of x, whatever its shape, in row-major order"),
    ...entries,
  },
  returned: { dX: ["M"] },
} as const;

const normalised = {
  weight: numbers(["C"], "the factor of each channel"),
  epsilon: number("added to the variance before the root"),
  mode: {
    axes: [],
    entry: "mode",
    means: "in training the batch's own mean and variance are taken",
    mayBeNull: false,
  },
  runningMean: numbers(["C"], "the mean that evaluation takes"),
  runningVariance: numbers(["C"], "the variance that evaluation takes"),
} as const;

const pooling = {
  given: {
    dOut: upstream(["N", "C", "outH", "outW"]),
    x: numbers(["N", "C", "H", "W"], "the images"),
    ...imageSizes,
    ...windowSizes,
  },
  returned: { dX: ["N", "C", "H", "W"] },
} as const;

/** All layers and losses of the catalog. */
export const letters = {
  affine: {
    given: {
      dOut: upstream(["N", "O"]),
      x: numbers(["N", "I"], "the rows of the batch"),
      weight: numbers(["O", "I"], "a row of weights for each output"),
      hasBias,
      N: number("rows of the batch"),
      I: number("inputs"),
      O: number("outputs"),
    },
    returned: { dX: ["N", "I"], dWeight: ["O", "I"], dBias: ["O"] },
  },
  flatten: {
    given: { dOut: upstream(["N", "C·H·W"]), ...imageSizes },
    returned: { dX: ["N", "C", "H", "W"] },
  },
  relu: elementwise,
  leakyRelu: {
    ...elementwise,
    given: { ...elementwise.given, negativeSlope: number("the slope where x is not above 0") },
  },
  sigmoid: elementwise,
  tanh: elementwise,
  softplus: elementwise,
  silu: elementwise,
  gelu: elementwise,
  elu: elementwise,
  softmax: {
    given: {
      dOut: upstream(["N", "C"]),
      x: numbers(["N", "C"], "scores, a row for each softmax"),
      N: number("rows"),
      C: number("classes"),
    },
    returned: { dX: ["N", "C"] },
  },
  softmaxCrossEntropy: {
    given: {
      dOut: upstreamOfLoss,
      logits: numbers(["N", "C"], "scores"),
      labels: numbers(["N"], "the right class of each row, from 0 to C − 1"),
      labelSmoothing: number("ε, the share of a target that is spread over all classes"),
      N: number("rows of the batch"),
      C: number("classes"),
    },
    returned: { dLogits: ["N", "C"] },
  },
  meanSquaredError: {
    given: {
      dOut: upstreamOfLoss,
      prediction: numbers(["M"], "the prediction's entries, in row-major order"),
      target: numbers(["M"], "what they should be"),
      M: number("how many entries there are"),
    },
    returned: { dPrediction: ["M"] },
  },
  conv2d: {
    given: {
      dOut: upstream(["N", "K", "outH", "outW"]),
      x: numbers(["N", "C", "H", "W"], "the images"),
      weight: numbers(["K", "C/G", "kH", "kW"], "the filters"),
      hasBias,
      ...imageSizes,
      K: number("filters"),
      G: number("groups of channels that do not see each other"),
      ...windowSizes,
      kH: number("rows of a filter"),
    },
    returned: { dX: ["N", "C", "H", "W"], dWeight: ["K", "C/G", "kH", "kW"], dBias: ["K"] },
  },
  maxPool2d: pooling,
  averagePool2d: {
    given: { dOut: pooling.given.dOut, ...imageSizes, ...windowSizes },
    returned: { dX: ["N", "C", "H", "W"] },
  },
  globalAveragePool2d: {
    given: { dOut: upstream(["N", "C"]), ...imageSizes },
    returned: { dX: ["N", "C", "H", "W"] },
  },
  batchNorm2d: {
    given: {
      dOut: upstream(["N", "C", "H", "W"]),
      x: numbers(["N", "C", "H", "W"], "the images"),
      ...normalised,
      ...imageSizes,
    },
    returned: { dX: ["N", "C", "H", "W"], dWeight: ["C"], dBias: ["C"] },
  },
  batchNorm1d: {
    given: {
      dOut: upstream(["N", "C", "L"]),
      x: numbers(["N", "C", "L"], "sequences; rows [N, C] come with L = 1"),
      ...normalised,
      N: number("sequences"),
      C: number("channels"),
      L: number("places of a sequence"),
    },
    returned: { dX: ["N", "C", "L"], dWeight: ["C"], dBias: ["C"] },
  },
  layerNorm: {
    given: {
      dOut: upstream(["N", "M"]),
      x: numbers(["N", "M"], "a row for each index n of the axes in front"),
      weight: numbers(["M"], "the factor of each place of a row"),
      epsilon: normalised.epsilon,
      N: number("rows"),
      M: number("values of a row, which are normalised together"),
    },
    returned: { dX: ["N", "M"], dWeight: ["M"], dBias: ["M"] },
  },
  dropout: {
    given: {
      dOut: upstream(["M"]),
      u: numbers(["M"], "what was drawn for each entry of x, from 0 to 1"),
      p: number("the probability that an entry is left out"),
      ...entries,
    },
    returned: { dX: ["M"] },
  },
  residual: {
    given: {
      dOut: numbers(["size of out"], "the upstream gradient"),
      throughBody: numbers(["M"], "the gradient of x through the body f, from the body's layers"),
      throughShortcut: {
        ...numbers(["M"], "the same through the shortcut s; null where s(x) is x itself"),
        mayBeNull: true,
      },
      ...entries,
    },
    returned: { dX: ["M"] },
  },
  reluPool2d: pooling,
  convPool2d: {
    given: {
      dOut: upstream(["N", "K", "outH", "outW"]),
      argmax: numbers(
        ["N", "K", "outH", "outW"],
        "the place h·convW + w that won, or −1 for the rectifier's 0",
      ),
      x: numbers(["N", "C", "H", "W"], "the images"),
      weight: numbers(["K", "C", "kH", "kW"], "the filters"),
      hasBias,
      ...imageSizes,
      K: number("filters"),
      convH: number("rows of the convolution's output"),
      convW: number("its columns"),
      ...windowSizes,
      kH: number("rows of a filter"),
      outH: number("rows of out"),
      outW: number("its columns"),
    },
    returned: { dX: ["N", "C", "H", "W"], dWeight: ["K", "C", "kH", "kW"], dBias: ["K"] },
  },
  batchNormPool2d: {
    given: {
      dOut: upstream(["N", "C", "outH", "outW"]),
      argmax: numbers(
        ["N", "C", "outH", "outW"],
        "the place h·W + w that won, or −1 for the rectifier's 0",
      ),
      x: numbers(["N", "C", "H", "W"], "the images"),
      ...normalised,
      ...imageSizes,
      outH: number("rows of out"),
      outW: number("its columns"),
    },
    returned: { dX: ["N", "C", "H", "W"], dWeight: ["C"], dBias: ["C"] },
  },
} as const satisfies Readonly<Record<string, LayerLetters>>;

/** The layers that can be written in loops: all of the catalog. */
export type LoopLayer = keyof typeof letters;

type EntryOf<Name> = Name extends "boolean"
  ? boolean
  : Name extends "mode"
    ? "train" | "evaluate"
    : number;

type NestedOf<Axes extends readonly string[], Entry> = Axes extends readonly [
  string,
  ...infer Rest extends readonly string[],
]
  ? NestedOf<Rest, Entry>[]
  : Entry;

type ValueOf<One extends Letter> =
  | NestedOf<One["axes"], EntryOf<One["entry"]>>
  | (One["mayBeNull"] extends true ? null : never);

type ValuesOf<Names> = {
  readonly [Name in keyof Names]: Names[Name] extends Letter ? ValueOf<Names[Name]> : never;
};

/** What a layer's backward pass in loops is given: nested arrays, numbers, booleans, null. */
export type GivenOf<Layer extends LoopLayer> = ValuesOf<(typeof letters)[Layer]["given"]>;

/**
 * Each name that a layer's backward is given, in a line with its shape and its meaning, and then
 * what it is to return.
 *
 * @param layer of the catalog
 */
export function describeGiven(layer: string): readonly string[] {
  const { given, returned } = lettersOf(layer);
  const rows = Object.entries(given).map(([name, letter]) => [name, shapeOf(letter), letter.means]);
  const [widest, widestShape] = [0, 1].map((column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  ) as [number, number];
  const results = Object.entries(returned).map(([name, axes]) => `${name} ${bracketed(axes)}`);
  return [
    ...rows.map(
      ([name, shape, means]) => `${name!.padEnd(widest)}  ${shape!.padEnd(widestShape)}  ${means}`,
    ),
    `To return: ${results.join(", ")}`,
  ];
}

/** The names of one layer, however it is called. */
export function lettersOf(layer: string): LayerLetters {
  return letters[layer as LoopLayer];
}

function shapeOf({ axes, entry }: Letter): string {
  if (entry === "mode") return '"train" or "evaluate"';
  if (entry === "boolean") return "true or false";
  return axes.length === 0 ? "a number" : bracketed(axes);
}

function bracketed(axes: readonly string[]): string {
  return `[${axes.join(", ")}]`;
}

/** The networks to choose from, with the shapes of all their tensors. */

/** A layer: its shapes follow from the options, and a test compares them with the engine's. */
export interface LayerPlan {
  readonly name: string;
  readonly kind: "conv2d" | "relu" | "maxPool2d" | "flatten" | "affine";
  readonly stride?: number;
  readonly padding?: number;
  readonly weight?: readonly number[];
  readonly out: readonly number[];
}

/** Pixels along each side of the image. */
export const SIZE = 6;

export const CLASSES = ["upright", "level", "slanted"] as const;

const relu = (name: string, out: readonly number[]): LayerPlan => ({ name, kind: "relu", out });

const head = (I: number): LayerPlan[] => [
  { name: "flat", kind: "flatten", out: [1, I] },
  { name: "fc1", kind: "affine", weight: [3, I], out: [1, 3] },
];

const first = { name: "conv1", kind: "conv2d", weight: [2, 1, 3, 3] } as const;

export const NETWORKS = {
  pooled: [
    { ...first, out: [1, 2, 4, 4] },
    relu("relu1", [1, 2, 4, 4]),
    { name: "pool1", kind: "maxPool2d", stride: 2, out: [1, 2, 2, 2] },
    ...head(8),
  ],
  deeper: [
    { ...first, padding: 1, out: [1, 2, 6, 6] },
    relu("relu1", [1, 2, 6, 6]),
    { name: "pool1", kind: "maxPool2d", stride: 2, out: [1, 2, 3, 3] },
    { name: "conv2", kind: "conv2d", weight: [2, 2, 2, 2], out: [1, 2, 2, 2] },
    relu("relu2", [1, 2, 2, 2]),
    ...head(8),
  ],
  strided: [
    { ...first, stride: 2, padding: 1, out: [1, 2, 3, 3] },
    relu("relu1", [1, 2, 3, 3]),
    ...head(18),
  ],
  affine: head(36),
} as const satisfies Record<string, readonly LayerPlan[]>;

export type NetworkName = keyof typeof NETWORKS;

export const NETWORK_WORDS: Readonly<Record<NetworkName, string>> = {
  pooled: "conv, pool, affine",
  deeper: "conv, pool, conv, affine",
  strided: "conv with stride 2, affine",
  affine: "affine alone",
};

export const OPTIMIZERS = ["sgd", "momentum", "adam"] as const;

export type OptimizerName = (typeof OPTIMIZERS)[number];

const RUNNING: Readonly<Record<OptimizerName, readonly string[]>> = {
  sgd: [],
  momentum: ["velocity"],
  adam: ["firstMoment", "secondMoment"],
};

/** The tensors that a step begins with and that can be changed: the image and the parameters. */
export function startShapes(network: NetworkName): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([["x", [1, 1, SIZE, SIZE]]]);
  for (const { name, weight } of NETWORKS[network] as readonly LayerPlan[]) {
    if (weight === undefined) continue;
    shapes.set(`${name}.weight`, weight);
    shapes.set(`${name}.bias`, [weight[0]!]);
  }
  return shapes;
}

/** The shapes of all tensors of a step, by their names. */
export function tensorShapes(
  network: NetworkName,
  optimizer: OptimizerName,
): Map<string, readonly number[]> {
  const shapes = startShapes(network);
  const parameters = [...shapes].slice(1);
  for (const name of ["targets", "z", "logP", "p", "dLogits"])
    shapes.set(name, [1, CLASSES.length]);
  shapes.set("total", [1]);
  shapes.set("loss", []);
  let before = shapes.get("x")!;
  for (const { name, out } of NETWORKS[network] as readonly LayerPlan[]) {
    shapes.set(`${name}.out`, out);
    shapes.set(`${name}.dX`, before);
    before = out;
  }
  for (const [name, shape] of parameters) {
    const [layer, own] = name.split(".");
    shapes.set(`${layer}.d${own![0]!.toUpperCase()}${own!.slice(1)}`, shape);
    shapes.set(`${name}.new`, shape);
    for (const kind of RUNNING[optimizer])
      for (const end of ["", ".new"]) shapes.set(`${name}.${kind}${end}`, shape);
  }
  return shapes;
}

/** How many stages a step has: the image, there, the loss, back, and the update. */
export const stageCount = (network: NetworkName): number => 2 * NETWORKS[network].length + 4;

/** How many numbers a shape has. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((size, extent) => size * extent, 1);

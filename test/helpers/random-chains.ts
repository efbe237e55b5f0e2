/** Random networks of every kind of layer, described so that several can be built alike. */
import {
  Affine,
  AveragePool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Elu,
  Flatten,
  Gelu,
  GlobalAveragePool2d,
  type Layer,
  LayerNorm,
  LeakyRelu,
  MaxPool2d,
  Relu,
  Residual,
  Sigmoid,
  Silu,
  Softplus,
  type StorageOptions,
  Tanh,
} from "leibniz/backprop";
import { conv2dGeometry, type WindowOptions } from "leibniz/im2col";
import { Sequential } from "leibniz/network";
import type { Random } from "leibniz/tensor";

/** Makes one more layer of the same kind and options; the shape is what it returns. */
interface Piece {
  readonly make: (storage: StorageOptions) => Layer;
  readonly shape: readonly number[];
  /** Where the layer stands that this place shares, if it does not have one of its own. */
  readonly again?: number;
}

/** A network without memory yet. */
export interface RandomChain {
  readonly inputShape: readonly number[];
  readonly kinds: readonly string[];
  readonly build: (storage?: StorageOptions) => Sequential;
}

const activations: readonly (() => Layer)[] = [
  () => new Relu(),
  () => new Relu(),
  () => new Relu(),
  () => new LeakyRelu(),
  () => new Sigmoid(),
  () => new Tanh(),
  () => new Softplus(),
  () => new Silu(),
  () => new Gelu(),
  () => new Elu(),
];

const between = (random: Random, least: number, most: number): number =>
  least + random.integer(most - least + 1);

/** Windows that fit into an image, or null if none was found. */
function windows(random: Random, H: number, W: number, pools: boolean): WindowOptions | null {
  for (let tries = 0; tries < 20; tries++) {
    const kernelSize = [between(random, 1, 3), between(random, 1, 4)] as const;
    const isPlain = random.integer(2) === 0;
    const options: WindowOptions = isPlain
      ? {
          kernelSize: pools ? 2 : kernelSize,
          padding: pools ? 0 : [random.integer(2), random.integer(2)],
        }
      : {
          kernelSize,
          stride: [between(random, 1, 2), between(random, 1, 3)],
          padding: [
            random.integer(1 + Math.floor(kernelSize[0] / 2)),
            random.integer(1 + Math.floor(kernelSize[1] / 2)),
          ],
          dilation: pools ? 1 : [between(random, 1, 2), between(random, 1, 2)],
        };
    try {
      conv2dGeometry("random chain", H, W, { stride: pools ? options.kernelSize : 1, ...options });
      return options;
    } catch {
      // too large for this image: another try
    }
  }
  return null;
}

/** A layer of images [N, C, H, W], of those that change the shape or look at several entries. */
function imagePiece(random: Random, shape: readonly number[]): Piece | null {
  const [, C, H, W] = shape as [number, number, number, number];
  const shaped = (make: Piece["make"]): Piece => ({ make, shape: make({}).outputShape(shape) });
  switch (random.integer(8)) {
    case 0:
    case 1:
    case 2: {
      const options = windows(random, H, W, false);
      if (options === null) return null;
      const groups = C % 2 === 0 && random.integer(4) === 0 ? 2 : 1;
      const [outChannels, bias] = [groups * between(random, 1, 4), random.integer(3) > 0];
      return shaped(
        (storage) => new Conv2d({ inChannels: C, outChannels, groups, bias, ...options }, storage),
      );
    }
    case 3:
    case 4: {
      const options = windows(random, H, W, true);
      return options && shaped(() => new MaxPool2d(options));
    }
    case 5: {
      const options = windows(random, H, W, true);
      return options && shaped(() => new AveragePool2d(options));
    }
    case 6:
      return shaped((storage) => new BatchNorm2d({ channels: C }, storage));
    default:
      return shaped(residual(C, random.integer(2) === 0));
  }
}

/**
 * A block of a convolution, a rectifier and a pooling that keeps the size, and maybe a shortcut.
 */
function residual(C: number, projects: boolean): Piece["make"] {
  const conv = { inChannels: C, outChannels: C, kernelSize: [3, 1], padding: [1, 0] } as const;
  const point = { inChannels: C, outChannels: C, kernelSize: 1 } as const;
  return (storage) =>
    new Residual({
      body: {
        conv: new Conv2d(conv, storage),
        relu: new Relu(),
        pool: new MaxPool2d({ kernelSize: [1, 3], stride: 1, padding: [0, 1] }),
      },
      ...(projects && { shortcut: { point: new Conv2d(point, storage) } }),
    });
}

/** A convolution, a max pooling, and rectifiers or none: what a plan looks for, often. */
function* pooledConvolution(random: Random, shape: readonly number[]): Generator<Piece> {
  const [, C, H, W] = shape as [number, number, number, number];
  if (H < 5 || W < 5) return;
  const [outChannels, bias] = [between(random, 1, 10), random.integer(3) > 0];
  const options = {
    inChannels: C,
    outChannels,
    bias,
    kernelSize: [2, 3],
    padding: [1, 0],
  } as const;
  const convolved = new Conv2d(options).outputShape(shape);
  yield { make: (storage) => new Conv2d(options, storage), shape: convolved };
  if (random.integer(3) > 0) yield { make: () => new Relu(), shape: convolved };
  const overlapping = { kernelSize: [3, 2], stride: [2, 1], padding: [1, 0] } as const;
  const pool = random.integer(2) === 0 ? overlapping : { kernelSize: 2 };
  const pooled = new MaxPool2d(pool).outputShape(convolved);
  yield { make: () => new MaxPool2d(pool), shape: pooled };
  if (random.integer(3) === 0) yield { make: () => new Relu(), shape: pooled };
}

/** A layer of rows [N, I]. */
function rowPiece(random: Random, shape: readonly number[]): Piece {
  const [N, I] = shape as [number, number];
  const outFeatures = between(random, 2, 6);
  switch (random.integer(5)) {
    case 0:
      return { make: (storage) => new BatchNorm1d({ channels: I }, storage), shape };
    case 1:
      return { make: (storage) => new LayerNorm({ shape: [I] }, storage), shape };
    case 2:
      return {
        make: (storage) =>
          new Residual({
            body: {
              inner: new Affine({ inFeatures: I, outFeatures: I }, storage),
              tanh: new Tanh(),
            },
          }),
        shape,
      };
    default:
      return {
        make: (storage) => new Affine({ inFeatures: I, outFeatures }, storage),
        shape: [N, outFeatures],
      };
  }
}

/** Images, then rows; activations and dropout in between; now and then one layer in two places. */
export function randomChain(random: Random): RandomChain {
  const inputShape = [
    between(random, 4, 6),
    between(random, 1, 3),
    between(random, 5, 9),
    between(random, 6, 11),
  ];
  const pieces: Piece[] = [];
  let shape: readonly number[] = inputShape;
  const add = (piece: Piece): void => {
    pieces.push(piece);
    ({ shape } = piece);
  };
  const addBetween = (): void => {
    const kind = random.integer(8);
    if (kind < 5) add({ make: activations[random.integer(activations.length)]!, shape });
    if (kind === 5) add({ make: () => new Dropout({ probability: 0.25 }), shape });
    const again = pieces.findIndex(
      (one, i) => i > 0 && one.shape === pieces[i - 1]!.shape && one.shape.join() === shape.join(),
    );
    if (kind === 6 && again > 0) add({ ...pieces[again]!, again, shape });
  };
  for (let count = between(random, 1, 4); count > 0; count--) {
    if (random.integer(3) === 0) for (const piece of pooledConvolution(random, shape)) add(piece);
    const piece = imagePiece(random, shape);
    if (piece !== null) add(piece);
    addBetween();
  }
  const isGlobal = random.integer(4) === 0;
  const rows = isGlobal ? new GlobalAveragePool2d() : new Flatten();
  add({
    make: () => (isGlobal ? new GlobalAveragePool2d() : new Flatten()),
    shape: rows.outputShape(shape),
  });
  for (let count = between(random, 1, 3); count > 0; count--) {
    add(rowPiece(random, shape));
    addBetween();
  }
  const build = (storage: StorageOptions = {}): Sequential => {
    const layers: Layer[] = [];
    for (const { make, again } of pieces)
      layers.push(again === undefined ? make(storage) : layers[again]!);
    return new Sequential(Object.fromEntries(layers.map((layer, i) => [`layer${i}`, layer])));
  };
  return { inputShape, kinds: build().layers.map(({ layer }) => layer.kind), build };
}

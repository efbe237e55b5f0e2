/** Global average pooling: every channel becomes its mean. Derived in `derivations/pooling.md`. */
import { divide, formatShape, mean, reject, sameShape, type Tensor } from "../tensor/index.js";
import { type Layer, type PassOptions, recall, type Remembered } from "./layer.js";

export interface GlobalAveragePool2dCache {
  /** [N, C, H, W] */
  readonly shape: readonly number[];
}

/**
 * @param x [N, C, H, W]
 * @returns out [N, C]
 */
export async function globalAveragePool2dForward(
  x: Tensor,
): Promise<{ out: Tensor; cache: GlobalAveragePool2dCache }> {
  checkX(x.shape);
  // (pooling.7) out[n, c] = 1/(H·W) · Σₕ Σ_w x[n, c, h, w]
  return { out: mean(x, { axes: [2, 3] }), cache: { shape: x.shape } };
}

/**
 * @param dOut [N, C]
 * @returns dX [N, C, H, W]
 * @throws InputError when dOut has another shape
 */
export async function globalAveragePool2dBackward(
  dOut: Tensor,
  { shape }: GlobalAveragePool2dCache,
): Promise<{ dX: Tensor }> {
  const [N, C, H, W] = shape as [number, number, number, number];
  if (!sameShape(dOut.shape, [N, C]))
    reject(
      "globalAveragePool2dBackward",
      `dOut of shape ${formatShape([N, C])}`,
      formatShape(dOut.shape),
    );
  // (pooling.8) dX[n, c, h, w] = dOut[n, c] / (H·W)
  return { dX: divide(dOut.reshape([N, C, 1, 1]).broadcastTo([N, C, H, W]), H * W) };
}

function checkX(shape: readonly number[]): void {
  if (shape.length !== 4)
    reject("globalAveragePool2d", "x of shape [N, C, H, W]", formatShape(shape));
}

/** A global average pooling, usually the last layer before the classifier. */
export class GlobalAveragePool2d implements Layer {
  readonly kind = "globalAveragePool2d";
  readonly parameters = [];
  #remembered: Remembered<GlobalAveragePool2dCache> | null = null;

  outputShape(inputShape: readonly number[]): number[] {
    checkX(inputShape);
    return [inputShape[0]!, inputShape[1]!];
  }

  async forward(x: Tensor, { backend, training }: PassOptions): Promise<Tensor> {
    const { out, cache } = await globalAveragePool2dForward(x);
    this.#remembered = training ? { cache, backend } : null;
    return out;
  }

  async backward(dOut: Tensor): Promise<Tensor> {
    const { cache } = recall(this.kind, this.#remembered);
    this.#remembered = null;
    return (await globalAveragePool2dBackward(dOut, cache)).dX;
  }
}

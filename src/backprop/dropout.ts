/**
 * Dropout: in training, entries are left out at random, and the others grow to make up for them.
 * Derived in `derivations/dropout.md`. Any shape.
 */
import { formatShape, multiply, Random, reject, sameShape, Tensor } from "../tensor/index.js";
import { type Layer, type PassOptions, recall, type Remembered } from "./layer.js";

export interface DropoutOptions {
  /** The share of entries that is left out, p in [0, 1). */
  readonly probability: number;
  /** The same seed leaves out the same entries. */
  readonly seed: number | string;
}

export interface DropoutCache {
  /** 0 for what is left out, 1/(1 − p) for what stays. */
  readonly mask: Tensor;
}

/**
 * Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, 2014; "inverted", so that evaluation
 * has nothing to make up for.
 *
 * @returns out, of x's shape
 * @throws InputError when the probability is not in [0, 1)
 */
export async function dropoutForward(
  x: Tensor,
  { probability, seed }: DropoutOptions,
): Promise<{ out: Tensor; cache: DropoutCache }> {
  checkProbability(probability);
  const random = new Random(seed);
  const mask = Tensor.zeros(x.shape, x.dtype);
  const entries = mask.data;
  for (let i = 0; i < entries.length; i++) {
    const u = random.next();
    // (dropout.1) mask[i] = 1[u ≥ p] / (1 − p)
    entries[i] = u >= probability ? 1 / (1 - probability) : 0;
  }
  // (dropout.2) out = x ⊙ mask
  return { out: multiply(x, mask), cache: { mask } };
}

/** @returns dX, of x's shape */
export async function dropoutBackward(
  dOut: Tensor,
  { mask }: DropoutCache,
): Promise<{ dX: Tensor }> {
  checkDOut(dOut, mask.shape);
  // (dropout.12) dX = dOut ⊙ mask
  return { dX: multiply(dOut, mask) };
}

function checkDOut(dOut: Tensor, expected: readonly number[]): void {
  if (!sameShape(dOut.shape, expected))
    reject("dropoutBackward", `dOut of shape ${formatShape(expected)}`, formatShape(dOut.shape));
}

function checkProbability(probability: number): void {
  if (!(probability >= 0 && probability < 1))
    reject("dropout", "a probability from 0 to below 1", String(probability));
}

/** Dropout between two layers. In evaluation it does nothing. */
export class Dropout implements Layer {
  readonly kind = "dropout";
  readonly parameters = [];
  readonly #probability: number;
  #remembered: Remembered<DropoutCache> | null = null;

  /** @throws InputError when the probability is not in [0, 1) */
  constructor({ probability }: Pick<DropoutOptions, "probability">) {
    checkProbability(probability);
    this.#probability = probability;
  }

  outputShape(inputShape: readonly number[]): number[] {
    return [...inputShape];
  }

  async forward(x: Tensor, { backend, training, random }: PassOptions): Promise<Tensor> {
    if (!training) {
      this.#remembered = null;
      // (dropout.13) out = x
      return x;
    }
    if (random === undefined)
      reject(
        "dropout",
        "a source of random numbers for a pass in training mode",
        "none",
        "give the pass a `random`, another one for every step",
      );
    const { out, cache } = await dropoutForward(x, {
      probability: this.#probability,
      seed: random.seed,
    });
    this.#remembered = { cache, backend };
    return out;
  }

  async backward(dOut: Tensor): Promise<Tensor> {
    const { cache } = recall(this.kind, this.#remembered);
    this.#remembered = null;
    return (await dropoutBackward(dOut, cache)).dX;
  }
}

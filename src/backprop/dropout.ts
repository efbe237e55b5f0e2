/**
 * Dropout: in training, entries are left out at random, and the others grow to make up for them.
 * Derived in `derivations/dropout.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import {
  anything,
  belowOne,
  checkOptions,
  reject,
  required,
  type Rules,
  type Tensor,
} from "../tensor/index.js";
import {
  checkDOut,
  type ForwardResult,
  type InputGradient,
  type PassOptions,
  TwoPassLayer,
} from "./layer.js";

/** How much is left out, and which entries. */
export interface DropoutOptions {
  /** The share of entries that is left out, p in [0, 1). */
  readonly probability: number;
  /** Any number or text; the same seed leaves out the same entries. */
  readonly seed: number | string;
}

/** What {@link dropoutBackward} needs of the forward pass. */
export interface DropoutCache {
  /** 0 for what is left out, 1/(1 − p) for what stays; null in evaluation. */
  readonly mask: Tensor | null;
  /** Of x. */
  readonly shape: readonly number[];
}

/**
 * Leaves entries out at random, and multiplies the others by 1/(1 − p) (Srivastava, Hinton,
 * Krizhevsky, Sutskever and Salakhutdinov, 2014; "inverted", so that evaluation has nothing to make
 * up for). Derived in `derivations/dropout.md`, (dropout.2).
 *
 * @param x any shape
 * @returns out, of x's shape
 * @throws InputError when the probability is not in [0, 1), or there is no seed
 */
export async function dropoutForward(
  x: Tensor,
  options: DropoutOptions,
  backend: Backend = reference,
): Promise<ForwardResult<DropoutCache>> {
  const rules = { ...dropoutRules, seed: required(anything("a number or a text")) };
  const { probability, seed } = checkOptions("dropout", options, rules);
  // (dropout.1) mask[i] = 1[u ≥ p] / (1 − p)
  const drawn = { seed, zeros: probability, value: 1 / (1 - probability) };
  const mask = await backend.randomMask(x.shape, x.dtype, drawn);
  // (dropout.2) out = x ⊙ mask
  return { out: await backend.multiply(x, mask), cache: { mask, shape: x.shape } };
}

/**
 * Lets the gradient through where the entry stayed. Derived in `derivations/dropout.md`,
 * (dropout.12).
 *
 * @param dOut of x's shape
 * @returns dX, of x's shape; in evaluation dOut itself
 * @throws InputError when dOut has another shape
 */
export async function dropoutBackward(
  dOut: Tensor,
  { mask, shape }: DropoutCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  checkDOut("dropoutBackward", dOut, shape);
  if (mask === null) return { dX: dOut };
  // (dropout.12) dX = dOut ⊙ mask
  return { dX: await backend.multiply(dOut, mask) };
}

/** How much is left out; which entries, the pass's random source says. */
export type DropoutLayerOptions = Pick<DropoutOptions, "probability">;

/** What the options of a dropout layer may be. */
export const dropoutRules: Rules<DropoutLayerOptions> = { probability: required(belowOne) };

/**
 * Dropout between two layers, of any shape. In evaluation it does nothing; a pass in training needs
 * a random source.
 */
export class Dropout extends TwoPassLayer<DropoutCache> {
  readonly kind = "dropout";
  override readonly differentiate = dropoutBackward;
  readonly #probability: number;

  /** @throws InputError when the probability is missing or not in [0, 1) */
  constructor(options: DropoutLayerOptions) {
    super();
    this.#probability = checkOptions("Dropout", options, dropoutRules).probability;
  }

  override async compute(x: Tensor, { mode, random, backend }: PassOptions) {
    // (dropout.13) out = x
    if (mode === "evaluate") return { out: x, cache: { mask: null, shape: x.shape } };
    if (random === undefined)
      reject(
        "dropout",
        'a random source for a pass in the mode "train"',
        "none",
        "give the pass a `random`, another one for every step",
      );
    const options = { probability: this.#probability, seed: random.seed };
    return dropoutForward(x, options, backend);
  }
}

/**
 * The residual block: what a chain of layers computes is added to what it was given, so that the
 * layers learn a change only. Derived in `derivations/residual.md`.
 *
 *   f body   s shortcut, s(x) = x unless there is one
 */
import { type Backend, reference } from "../kernels/index.js";
import { formatShape, reject, sameShape, type Tensor } from "../tensor/index.js";
import { Chain, checkNames } from "./chain.js";
import { type Layer, type NamedLayer, type PassOptions, recall, type Remembered } from "./layer.js";

/** A way from x forward, and from its output's gradient back to its share of dX. */
export type Branch = (
  x: Tensor,
) => Promise<{ readonly out: Tensor; readonly backward: (dOut: Tensor) => Promise<Tensor> }>;

export interface ResidualCache {
  readonly shape: readonly number[];
  readonly bodyBackward: (dOut: Tensor) => Promise<Tensor>;
  /** null for the identity. */
  readonly shortcutBackward: ((dOut: Tensor) => Promise<Tensor>) | null;
}

/**
 * He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016.
 *
 * @param body f, from x to the shape of out
 * @param shortcut s, from x to the same shape; null for x itself
 * @returns out, of the shape that both return
 * @throws InputError when they return two shapes
 */
export async function residualForward(
  x: Tensor,
  body: Branch,
  shortcut: Branch | null,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: ResidualCache }> {
  const f = await body(x);
  const s = shortcut === null ? { out: x, backward: null } : await shortcut(x);
  checkShapes(f.out.shape, s.out.shape, shortcut !== null);
  // (residual.2) out = f(x) + s(x)
  const out = await add(f.out, s.out, backend);
  return {
    out,
    cache: { shape: out.shape, bodyBackward: f.backward, shortcutBackward: s.backward },
  };
}

/** @returns dX, of x's shape */
export async function residualBackward(
  dOut: Tensor,
  { shape, bodyBackward, shortcutBackward }: ResidualCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  checkDOut(dOut, shape);
  // (residual.4) dF = dOut, dS = dOut
  const throughBody = await bodyBackward(dOut);
  const throughShortcut = shortcutBackward === null ? dOut : await shortcutBackward(dOut);
  // (residual.8) dX = Jᶠᵀ · dOut + Jˢᵀ · dOut
  return { dX: await add(throughBody, throughShortcut, backend) };
}

async function add(a: Tensor, b: Tensor, backend: Backend): Promise<Tensor> {
  const sum = a.clone(backend.allocator);
  await backend.accumulate(sum, b);
  return sum;
}

function checkDOut(dOut: Tensor, expected: readonly number[]): void {
  if (!sameShape(dOut.shape, expected))
    reject("residualBackward", `dOut of shape ${formatShape(expected)}`, formatShape(dOut.shape));
}

function checkShapes(
  body: readonly number[],
  shortcut: readonly number[],
  isProjection: boolean,
): void {
  if (sameShape(body, shortcut)) return;
  const [given, hint] = isProjection
    ? ["the shortcut's", "give both the same strides and numbers of channels"]
    : ["x's", "give the block a shortcut that changes x alike"];
  reject(
    "residual",
    `the body's output to have ${given} shape ${formatShape(shortcut)}`,
    formatShape(body),
    hint,
  );
}

export interface ResidualLayerOptions {
  /** f, in order, by name. */
  readonly body: Readonly<Record<string, Layer>>;
  /** s, where x itself does not fit: such as a 1 × 1 convolution. */
  readonly shortcut?: Readonly<Record<string, Layer>>;
}

/**
 * A residual block of layers. In files and messages they are called `block1.conv1`, whether they
 * are in the body or in the shortcut.
 */
export class Residual implements Layer {
  readonly kind = "residual";
  readonly parameters = [];
  readonly #body: Chain;
  readonly #shortcut: Chain | null;
  #remembered: Remembered<ResidualCache> | null = null;

  /**
   * @throws InputError when there is no layer in the body or the shortcut, or two layers have one
   *   name
   */
  constructor({ body, shortcut }: ResidualLayerOptions) {
    this.#body = new Chain(body, "residual body");
    this.#shortcut = shortcut === undefined ? null : new Chain(shortcut, "residual shortcut");
    checkNames(this.branches.flat(), "residual");
  }

  get branches(): readonly (readonly NamedLayer[])[] {
    return this.#shortcut === null
      ? [this.#body.layers]
      : [this.#body.layers, this.#shortcut.layers];
  }

  outputShape(inputShape: readonly number[]): number[] {
    const body = this.#body.outputShapes(inputShape).at(-1)!;
    checkShapes(
      body,
      this.#shortcut?.outputShapes(inputShape).at(-1) ?? inputShape,
      this.#shortcut !== null,
    );
    return [...body];
  }

  async forward(x: Tensor, pass: PassOptions): Promise<Tensor> {
    const along =
      (chain: Chain): Branch =>
      async (input) => ({
        out: await chain.forward(input, pass),
        backward: async (dOut) => (await chain.backward(dOut, true))!,
      });
    const { out, cache } = await residualForward(
      x,
      along(this.#body),
      this.#shortcut && along(this.#shortcut),
      pass.backend,
    );
    this.#remembered = pass.training ? { cache, backend: pass.backend } : null;
    return out;
  }

  async backward(dOut: Tensor, wantsDX = true): Promise<Tensor | null> {
    const { cache, backend } = recall(this.kind, this.#remembered);
    this.#remembered = null;
    if (wantsDX) return (await residualBackward(dOut, cache, backend)).dX;
    // (residual.4) dF = dOut, dS = dOut
    await this.#body.backward(dOut);
    await this.#shortcut?.backward(dOut);
    return null;
  }
}

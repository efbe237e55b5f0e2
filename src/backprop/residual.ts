/**
 * The residual block: what a chain of layers computes is added to what it was given, so that the
 * layers learn a change only. Derived in `derivations/residual.md`.
 *
 *   f body   s shortcut, s(x) = x unless there is one
 */
import { type Backend, reference } from "../kernels/index.js";
import {
  anything,
  checkOptions,
  formatShape,
  reject,
  required,
  sameShape,
  type Tensor,
} from "../tensor/index.js";
import { Chain, checkNames, type Layers, namedLayers } from "./chain.js";
import type { Choices } from "./choices.js";
import {
  checkDOut,
  type DX,
  type ForwardResult,
  type InputGradient,
  type NamedLayer,
  type Pass,
  type PassOptions,
  TwoPassLayer,
} from "./layer.js";

/** What {@link residualBackward} needs of the forward pass. */
export interface ResidualCache {
  /** Of out. */
  readonly shape: readonly number[];
  /** The body's pass, and the shortcut's, unless that is x itself. */
  readonly branches: readonly Pass[];
}

/**
 * What a body makes of x, added to x, or to what a shortcut makes of it (He, Zhang, Ren and Sun,
 * "Deep residual learning for image recognition", 2016). Derived in `derivations/residual.md`,
 * (residual.2).
 *
 * @param body f, from x to the shape of out
 * @param shortcut s, from x to the same shape; null for x itself
 * @returns out, of the shape that both return
 * @throws InputError when they return two shapes
 */
export async function residualForward(
  x: Tensor,
  body: (x: Tensor) => Promise<Pass>,
  shortcut: ((x: Tensor) => Promise<Pass>) | null,
  backend: Backend = reference,
): Promise<ForwardResult<ResidualCache>> {
  const f = await body(x);
  const s = shortcut === null ? null : await shortcut(x);
  checkShapes(f.out.shape, s?.out.shape ?? x.shape, s !== null);
  // (residual.2) out = f(x) + s(x)
  const out = await backend.add(f.out, s?.out ?? x);
  return { out, cache: { shape: out.shape, branches: s === null ? [f] : [f, s] } };
}

/**
 * The way back through both branches, whose gradients add up. Derived in `derivations/residual.md`,
 * (residual.8).
 *
 * @param dOut of out's shape
 * @param wantsDX true if left out
 * @returns dX, of x's shape, or null if it is not wanted
 * @throws InputError when dOut has another shape
 */
export async function residualBackward<Wanted extends boolean = true>(
  dOut: Tensor,
  { shape, branches }: ResidualCache,
  backend: Backend = reference,
  wantsDX?: Wanted,
): Promise<InputGradient<Wanted>> {
  checkDOut("residualBackward", dOut, shape);
  const [f, s] = branches as readonly [Pass, Pass?];
  const wanted = wantsDX !== false;
  // (residual.4) dF = dOut, dS = dOut
  const throughBody = await f.backward(dOut, wanted);
  const throughShortcut = s === undefined ? dOut : await s.backward(dOut, wanted);
  // (residual.8) dX = Jᶠᵀ · dOut + Jˢᵀ · dOut
  const dX = wanted ? await backend.add(throughBody!, throughShortcut!) : null;
  return { dX: dX as DX<Wanted> };
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

/** The layers that a residual block is made of. */
export interface ResidualLayerOptions {
  /** f, in order, by name. */
  readonly body: Layers;
  /** s, where x itself does not fit: such as a 1 × 1 convolution. Left out: x itself. */
  readonly shortcut?: Layers;
}

/**
 * A residual block of layers. In files and messages they are called `block1.conv1`, whether they
 * are in the body or in the shortcut.
 */
export class Residual extends TwoPassLayer<ResidualCache> {
  readonly kind = "residual";
  override readonly differentiate = residualBackward;
  /** The body's layers, then the shortcut's if there is one. */
  readonly branches: readonly (readonly NamedLayer[])[];

  /** @throws InputError when there is no layer in the body or the shortcut, or two have one name */
  constructor(options: ResidualLayerOptions) {
    super();
    const layers = anything("layers by name");
    const rules = { body: required(layers), shortcut: layers };
    const { body, shortcut } = checkOptions("Residual", options, rules);
    const named = namedLayers(body, "residual body");
    this.branches = shortcut ? [named, namedLayers(shortcut, "residual shortcut")] : [named];
    checkNames(this.branches.flat(), "residual");
  }

  /** The same block with other layers that do the same: what a plan makes of it. */
  replaced(replace: (layers: readonly NamedLayer[]) => readonly NamedLayer[]): Residual {
    const [body, shortcut] = this.branches.map(replace);
    return new Residual({ body: body!, ...(shortcut && { shortcut }) });
  }

  override outputShape(x: readonly number[]): number[] {
    const [body, shortcut] = this.branches.map(
      (layers) => new Chain(layers).outputShapes(x).at(-1)!,
    );
    checkShapes(body!, shortcut ?? x, shortcut !== undefined);
    return [...body!];
  }

  override compute(x: Tensor, pass: PassOptions) {
    const [body, shortcut] = this.branches.map(
      (layers) => (input: Tensor) => new Chain(layers).forward(input, pass),
    );
    return residualForward(x, body!, shortcut ?? null, pass.backend);
  }

  override choices({ branches }: ResidualCache): readonly Choices[] {
    return branches.flatMap((branch) => branch.choices?.() ?? []);
  }
}

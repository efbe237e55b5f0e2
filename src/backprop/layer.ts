/** What a layer is: x → { out, backward }. */
import { type Backend, checkBackend } from "../kernels/index.js";
import {
  awaitHint,
  formatShape,
  nearestName,
  type Random,
  reject,
  rejectOption,
  sameShape,
  Tensor,
  whatIs,
} from "../tensor/index.js";
import type { Choices } from "./choices.js";
import type { LayerBuffer, Parameter } from "./parameter.js";
import { seal } from "./seal.js";

/** What a forward pass is for, and what it runs on. */
export interface PassOptions {
  /** What does the arithmetic, on the way back too. */
  readonly backend: Backend;
  /**
   * Whether dropout leaves out entries, and batch normalisation takes the batch's own statistics.
   */
  readonly mode: Mode;
  /**
   * Whether what `backward` needs is kept; true if left out. Independent of the mode: evaluated and
   * recorded, a network gives the gradient by the image.
   */
  readonly record?: boolean;
  /**
   * Random source for stochastic layers, such as dropout; each is handed one that is split off by
   * its own name. Give every step another one: the same one gives the same pass again.
   */
  readonly random?: Random;
  /**
   * Is shown the output of every layer, by name; those inside a layer come before the layer itself.
   */
  readonly observe?: (name: string, out: Tensor) => void;
  /** Whether nobody else can change x, so that the result may be a view of it; a chain says so. */
  readonly ownsInput?: boolean;
}

/** What a pass is for: to learn from a batch, or to see what the network says. */
export type Mode = "train" | "evaluate";

/** What a forward pass returns. */
export interface Pass {
  /** The output, of the shape that `outputShape` says. */
  readonly out: Tensor;
  /** The way back through this pass. */
  readonly backward: Backward;
  /** Which branches it took, for the gradient check. Left out where there are no kinks. */
  readonly choices?: () => readonly Choices[];
}

/**
 * Adds the parameters' gradients to their `grad` and returns dX, or null where that is not wanted,
 * as in a first layer. May be called again, and adds again.
 *
 * @param dOut the loss's gradient by `out`, of its shape
 * @param wantsDX whether dX is wanted; left out, true for a layer, false for a chain of layers
 * @throws InputError when the pass was not recorded, when its step has ended, or when something
 *   that it needs has been changed since
 */
export type Backward = (dOut: Tensor, wantsDX?: boolean) => Promise<Tensor | null>;

/** A layer at its place in a network or inside another layer. */
export interface NamedLayer {
  /** Its own in the chain, such as `conv1`; no whole number. */
  readonly name: string;
  /** The layer itself; it may stand elsewhere, too. */
  readonly layer: Layer;
  /** The layers that it does the work of, if a plan has put it in their place. */
  readonly parts?: readonly NamedLayer[];
}

/**
 * One step of a network. It holds its parameters and buffers, and nothing of a pass: what
 * `backward` needs is held by `backward` itself. So a layer may stand in a network twice, and its
 * gradients add up.
 */
export interface Layer {
  /** The layer's type, for tables and messages: `conv2d`. */
  readonly kind: string;
  /** Its own, without those of layers inside it. */
  readonly parameters: readonly Parameter[];
  /** What else it keeps from one forward pass in training to the next; most layers keep nothing. */
  readonly buffers?: readonly LayerBuffer[];
  /**
   * Layers inside this one, for those that are made of others: chains in their order, each of which
   * starts from this layer's input.
   */
  readonly branches?: readonly (readonly NamedLayer[])[];
  /**
   * The shape of `forward`'s result for an input of the given shape.
   *
   * @throws InputError if it does not fit
   */
  outputShape(inputShape: readonly number[]): number[];
  /**
   * What the layer makes of x, and the way back.
   *
   * @param x of a shape that {@link outputShape} takes
   * @throws InputError when x does not fit, or the pass lacks its backend or mode
   */
  forward(x: Tensor, pass: PassOptions): Promise<Pass>;
}

/** What a forward function returns. */
export interface ForwardResult<Cache> {
  /** The output; each function says of which shape. */
  readonly out: Tensor;
  /** What the backward function needs: the tensors that were used, not copies. */
  readonly cache: Cache;
}

/**
 * The gradients that a backward function returns: dX, and `dWeight` for a parameter called
 * `weight`.
 */
export type Gradients = {
  /** Of x's shape; null if it was not asked for. */
  readonly dX: Tensor | null;
} & Readonly<Record<string, Tensor | null>>;

/** dX, or null if it was not asked for. */
export type DX<Wanted extends boolean> = Wanted extends true ? Tensor : null;

/** What the backward function of a layer without parameters returns. */
export type InputGradient<Wanted extends boolean = true> = {
  /** Of x's shape. */
  readonly dX: DX<Wanted>;
};

/** What the backward function of a layer with a weight returns; `Bias` is null where none is. */
export type WeightGradients<
  Wanted extends boolean = true,
  Bias extends Tensor | null = Tensor,
> = InputGradient<Wanted> & {
  /** Of the weight's shape, summed over the batch. */
  readonly dWeight: Tensor;
  /** Of the bias's shape, likewise; null for a layer without one. */
  readonly dBias: Bias;
};

/** Around the two passes of a layer, which are functions of their arguments alone. */
export abstract class TwoPassLayer<Cache extends object> implements Layer {
  abstract readonly kind: string;
  readonly parameters: readonly Parameter[];

  /** A layer with these parameters; those that are null are left out. */
  constructor(parameters: readonly (Parameter | null)[] = []) {
    this.parameters = parameters.filter((parameter) => parameter !== null);
  }

  /** The forward pass: out, and what backward needs. */
  protected abstract compute(x: Tensor, pass: PassOptions): Promise<ForwardResult<Cache>>;

  /** The backward pass. Only what is expensive looks at `wantsDX`. */
  protected abstract readonly differentiate: (
    dOut: Tensor,
    cache: Cache,
    backend: Backend,
    wantsDX: boolean,
  ) => Promise<Gradients>;

  /** See {@link Pass.choices}. */
  protected choices?(cache: Cache): readonly Choices[];

  /** That of the input, unless a layer says otherwise. */
  outputShape(inputShape: readonly number[]): number[] {
    return [...inputShape];
  }

  async forward(x: Tensor, pass: PassOptions): Promise<Pass> {
    checkPass(this.kind, x, pass);
    const computed = await this.compute(x, pass);
    this.#checkComputed(computed);
    const { out: result, cache } = computed;
    // a view of x would change with it
    const isView = pass.ownsInput !== true && result.sharesMemoryWith(x);
    const out = isView ? result.clone(pass.backend.allocator) : result;
    if (pass.record === false) return { out, backward: notRecorded(this.kind) };
    const sealed = seal(this.kind, out, cache, pass.backend.check);
    return {
      out,
      backward: async (dOut, wantsDX = true) => {
        const gradients = await this.differentiate(dOut, sealed.open(), pass.backend, wantsDX);
        this.#checkGradients(gradients);
        for (const parameter of this.parameters) {
          const gradient = gradients[gradientName(parameter.name)]!;
          await parameter.accumulate(gradient, pass.backend);
        }
        return wantsDX ? this.#inputGradient(gradients.dX, dOut, pass) : null;
      },
      ...(this.choices && { choices: () => this.choices!(sealed.open()) }),
    };
  }

  /** What a layer of one's own may have forgotten. */
  #checkComputed(computed: ForwardResult<Cache>): void {
    const { out, cache } = (computed ?? {}) as Partial<ForwardResult<Cache>>;
    if (!(out instanceof Tensor) || typeof cache !== "object" || cache === null)
      reject(`${this.kind}.compute`, "{ out, cache }, a tensor and an object", whatIs(computed));
    if (typeof this.differentiate !== "function")
      reject(this.kind, "differentiate, its backward pass", whatIs(this.differentiate));
  }

  /** A parameter without a gradient would not learn, nor would a gradient without a parameter. */
  #checkGradients(gradients: Gradients): void {
    const where = `${this.kind}.differentiate`;
    const wanted = this.parameters.map(({ name }) => gradientName(name));
    const all = ["dX", ...wanted].join(", ");
    const given = Object.keys(gradients ?? {}).filter((name) => gradients[name] instanceof Tensor);
    const missing = wanted.find((name) => !(gradients?.[name] instanceof Tensor));
    if (missing !== undefined) {
      const hint = nearestName(missing, given) === null ? undefined : `call it ${missing}`;
      reject(where, `{ ${all} }`, whatIs(gradients), hint);
    }
    const extra = given.find((name) => name !== "dX" && !wanted.includes(name));
    if (extra !== undefined)
      reject(where, `{ ${all} }`, `also ${extra}`, "is its parameter given to super([…])?");
  }

  /** dX in memory of its own: a caller may write to the dOut that it gave. */
  #inputGradient(dX: Tensor | null | undefined, dOut: Tensor, pass: PassOptions): Tensor {
    if (!dX) return reject(`${this.kind}.backward`, "dX, which was asked for", String(dX));
    const isView = pass.ownsInput !== true && dX.sharesMemoryWith(dOut);
    return isView ? dX.clone(pass.backend.allocator) : dX;
  }
}

/** The name of a gradient: `dWeight` for `weight`, `dConv1.weight` for a network's. */
export function gradientName(name: string): string {
  return `d${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** @throws InputError when dOut does not have the shape of what the forward pass returned */
export function checkDOut(where: string, dOut: Tensor, shape: readonly number[]): void {
  if (!sameShape(dOut.shape, shape))
    reject(where, `dOut of shape ${formatShape(shape)}`, formatShape(dOut.shape));
}

/**
 * Refuses a pass that a layer cannot do.
 *
 * @param where the layer, for the message
 * @throws InputError when x is no tensor, a backend or the mode is missing, or an option is unknown
 */
export function checkPass(where: string, x: Tensor, pass: PassOptions): void {
  if (!(x instanceof Tensor)) reject(where, "a tensor", whatIs(x), awaitHint(x));
  const { backend, mode } = pass ?? {};
  if (backend === undefined)
    reject(where, "a pass with a backend", "none", 'give it { backend, mode: "train" }');
  checkBackend(where, backend);
  checkMode(where, mode);
  for (const name in pass)
    if (!PASS_OPTIONS.includes(name)) rejectOption(where, name, PASS_OPTIONS);
}

/** Names of {@link PassOptions}, for a pass is not to go on without what somebody asked for. */
const PASS_OPTIONS = ["backend", "mode", "record", "random", "observe", "ownsInput"];

/** @throws InputError unless the mode is given */
export function checkMode(where: string, mode: unknown): void {
  if (mode === "train" || mode === "evaluate") return;
  const given = mode === undefined ? "none" : JSON.stringify(mode);
  reject(where, 'the mode "train" or "evaluate"', given, "dropout and batch norm depend on it");
}

/** The way back of a pass with `record: false`: an error that says so. */
export function notRecorded(where: string): Backward {
  return async () =>
    reject(`${where}.backward`, "a recorded forward pass", "one with record: false");
}

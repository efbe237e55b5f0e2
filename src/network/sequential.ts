/** A network as a chain of named layers. Derived in `derivations/backpropagation.md`. */
import {
  type Backward,
  Chain,
  checkPass,
  everyLayer,
  type Layer,
  type LayerBuffer,
  type NamedLayer,
  namedLayers,
  type Parameter,
  type Pass,
  type PassOptions,
} from "../backprop/index.js";
import {
  awaitHint,
  type DType,
  formatShape,
  isPlain,
  reject,
  sameShape,
  Tensor,
  whatIs,
} from "../tensor/index.js";
import type { NetworkDescription } from "./description.js";
import { plan } from "./plan.js";

/** A parameter under its full name: `conv1.weight`, or `block1.conv1.weight` inside a block. */
export interface NamedParameter {
  /** Its own name after that of its layer, the full one, with a dot between: `conv1.weight`. */
  readonly name: string;
  /** Value and gradient. The network's own, no copy: changing it changes the network. */
  readonly parameter: Parameter;
}

/** A buffer under its full name: `bn1.runningMean`. */
export interface NamedBuffer {
  /** Its own name after the full one of its layer, as for parameters. */
  readonly name: string;
  /** The network's own, no copy. */
  readonly buffer: LayerBuffer;
}

/** @throws InputError unless it is a network that is in use */
export function checkIsNetwork(where: string, given: unknown): asserts given is Sequential {
  if (given instanceof Sequential) return given.checkInUse(where);
  const hint = isPlain(given) ? "engine.network(…) makes one of a description" : undefined;
  reject(where, "a network", whatIs(given), awaitHint(given) ?? hint);
}

/**
 * Layers one after another, and everything in them that training changes. See
 * `derivations/backpropagation.md`.
 */
export class Sequential extends Chain {
  /** Each once, also where its layer stands in several places; by the name of the first. */
  readonly parameters: readonly NamedParameter[];
  /** What layers keep besides parameters; each once. */
  readonly buffers: readonly NamedBuffer[];
  /** What it was built from, with every option, if it was built from a description. */
  readonly description: NetworkDescription | null;
  readonly #planned: Chain;

  /**
   * A network of layers that were built by hand; see `buildNetwork` for one that is described.
   *
   * @param layers in order, by name; parameters are called `<layer>.<parameter>` in files and
   *   messages. One layer may stand in several places: its gradients add up
   * @param description what `layers` were built from, with every option; null for layers built by
   *   hand
   * @throws InputError when there is no layer, a name is a whole number or has control characters,
   *   or two layers have one name
   */
  constructor(
    layers: Readonly<Record<string, Layer>>,
    description: NetworkDescription | null = null,
  ) {
    if (Array.isArray(layers)) reject("Sequential", "layers by their names", "an array");
    const named = namedLayers(layers, "Sequential");
    super(named);
    const seen = new Set<Layer>();
    const isNew = ({ layer }: NamedLayer): boolean => seen.size < seen.add(layer).size;
    const every = everyLayer(named).filter(isNew);
    this.parameters = every.flatMap(({ name, layer }) =>
      layer.parameters.map((parameter) => ({ name: `${name}.${parameter.name}`, parameter })),
    );
    this.buffers = every.flatMap(({ name, layer }) =>
      (layer.buffers ?? []).map((buffer) => ({ name: `${name}.${buffer.name}`, buffer })),
    );
    this.description = description;
    this.#planned = new Chain(plan(named));
  }

  /** The layers as a backend runs them that fuses: see {@link plan}. */
  get planned(): readonly NamedLayer[] {
    return this.#planned.layers;
  }

  /**
   * See {@link Chain.forward}. Takes x in any element type; a pass that is recorded keeps a copy of
   * it, so that it may be filled anew.
   *
   * @param x what the first layer takes, usually images [N, C, H, W]
   * @returns what the last layer returns, usually logits [N, classes], and the way back
   * @throws InputError naming the layer whose input does not fit, or when the pass has no backend
   *   or mode, or an unknown option
   */
  override async forward(x: Tensor, pass: PassOptions): Promise<Pass> {
    checkPass("network", x, pass);
    this.checkTakes(x);
    const dtype = this.#dtype ?? x.dtype;
    const ownsInput = pass.record !== false || x.dtype !== dtype;
    if (ownsInput) await pass.backend.read(x);
    const input = ownsInput ? x.astype(dtype, pass.backend.allocator) : x;
    const chain = pass.backend.fuses ? this.#planned : new Chain(this.layers);
    const done = await chain.forward(input, { ...pass, ownsInput });
    const backward: Backward = async (dOut, wantsDX) => {
      if (!(dOut instanceof Tensor)) reject("network.backward", "dOut, a tensor", whatIs(dOut));
      const dX = await done.backward(dOut.dtype === dtype ? dOut : dOut.astype(dtype), wantsDX);
      const isOwn = dX === null || !dX.sharesMemoryWith(dOut);
      return isOwn ? dX : (await pass.backend.read(dX)).clone(pass.backend.allocator);
    };
    // a layer of somebody's own may return its input
    const isView = !ownsInput && done.out.sharesMemoryWith(x);
    const copied = async (): Promise<Tensor> =>
      (await pass.backend.read(done.out)).clone(pass.backend.allocator);
    return { ...done, out: isView ? await copied() : done.out, backward };
  }

  /**
   * Makes sure that x has the shape that the network was described for, since other images may fit
   * into its layers all the same, and be taken for what they are not. A network whose description
   * names no input takes what its layers take.
   *
   * @param x [N, …]
   * @throws InputError when it has another shape, or the network was disposed of
   */
  checkTakes({ shape }: Tensor): void {
    this.checkInUse("network");
    const input = this.description?.input;
    if (input === undefined || (shape.length > 0 && sameShape(shape.slice(1), input))) return;
    reject(
      "network",
      `x of shape [N, ${input.join(", ")}], the network's declared input`,
      formatShape(shape),
      hintFor(shape, input),
    );
  }

  /** @throws InputError when its memory was given back */
  checkInUse(where: string): void {
    const isGone = ({ parameter }: NamedParameter): boolean =>
      parameter.value.storage.lifetime?.hasEnded === true;
    if (this.parameters.some(isGone)) reject(where, "a network in use", "one that was disposed of");
  }

  /** Sets every gradient to 0. */
  zeroGrad(): void {
    for (const { parameter } of this.parameters) parameter.zeroGrad();
  }

  /**
   * Gives back the memory of parameters, buffers and what optimizers keep for them, where that is a
   * backend's. The network cannot be used from then on.
   */
  dispose(): void {
    for (const { parameter } of this.parameters) parameter.dispose();
    for (const { buffer } of this.buffers) buffer.value.storage.dispose();
  }

  get #dtype(): DType | undefined {
    return this.parameters[0]?.parameter.value.dtype;
  }
}

/** What may have happened to an x of another shape, if that can be told. */
function hintFor(shape: readonly number[], input: readonly number[]): string | undefined {
  if (sameShape(shape, input))
    return `a single example needs an axis for the batch: x.reshape([1, ${input.join(", ")}])`;
  const sorted = (extents: readonly number[]): number[] => [...extents].sort((a, b) => a - b);
  const isReordered = sameShape(sorted(shape.slice(1)), sorted(input));
  return isReordered
    ? "its axes are in another order"
    : "a network described without its input takes any that its layers take";
}

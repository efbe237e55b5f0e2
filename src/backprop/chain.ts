/**
 * Named layers, one after another: a network, or a branch inside a layer. Derived in
 * `derivations/backpropagation.md`.
 */
import { InputError, reject, type Tensor } from "../tensor/index.js";
import type { Choices } from "./choices.js";
import {
  type Backward,
  type Layer,
  type NamedLayer,
  notRecorded,
  type Pass,
  type PassOptions,
} from "./layer.js";

/** Layers one after another: what one returns is what the next is given. */
export class Chain {
  /** In the order in which they are done. */
  readonly layers: readonly NamedLayer[];

  /** Checks nothing: the names are those that {@link namedLayers} has checked. */
  constructor(layers: readonly NamedLayer[]) {
    this.layers = layers;
  }

  /**
   * The shape of every layer's output for a given input, in order.
   *
   * @throws InputError naming the first layer that the shape does not fit
   */
  outputShapes(inputShape: readonly number[]): readonly (readonly number[])[] {
    let shape = inputShape;
    return this.layers.map(
      ({ name, layer }) => (shape = namingLayer(name, () => layer.outputShape(shape))),
    );
  }

  /**
   * One layer after another, each with what the one before it returned. Derived in
   * `derivations/backpropagation.md`, (backpropagation.1), and the way back (backpropagation.6).
   *
   * @param x what the first layer takes, usually images [N, C, H, W]
   * @returns what the last layer returns, usually logits [N, classes], and the way back. `backward`
   *   adds the gradient of every parameter to its `grad`; dX is wanted only if it is asked for
   * @throws InputError naming the layer whose input does not fit
   */
  async forward(x: Tensor, pass: PassOptions): Promise<Pass> {
    const passes: { readonly name: string; readonly pass: Pass }[] = [];
    for (const [l, step] of this.layers.entries()) {
      const input = x;
      // (backpropagation.1) xₗ₊₁ = fₗ(xₗ; wₗ)
      const done = await forwardStep(step, input, l === 0 ? pass : { ...pass, ownsInput: true });
      x = done.out;
      if (pass.record !== false) passes.push({ name: step.name, pass: done });
      if (pass.observe !== undefined) await showStep(step, input, x, pass);
    }
    if (pass.record === false) return { out: x, backward: notRecorded("network") };
    return { out: x, backward: backwardThrough(passes), choices: () => choicesOf(passes) };
  }
}

/** The way back through the passes of a chain. */
function backwardThrough(passes: readonly { name: string; pass: Pass }[]): Backward {
  return async (dOut, wantsDX = false) => {
    let dX: Tensor | null = dOut;
    for (let l = passes.length - 1; l >= 0 && dX !== null; l--) {
      const { name, pass } = passes[l]!;
      const upstream: Tensor = dX;
      // (backpropagation.6) dXₗ = Jₗᵀ · dXₗ₊₁
      dX = await namingLayerAsync(name, () => pass.backward(upstream, l > 0 || wantsDX));
      if (!dX && l > 0) reject(`layer ${name}.backward`, "dX, for the layer before", String(dX));
    }
    return wantsDX ? dX : null;
  };
}

function choicesOf(passes: readonly { name: string; pass: Pass }[]): readonly Choices[] {
  return passes.flatMap(({ name, pass }) =>
    (pass.choices?.() ?? []).map((choices) =>
      choices instanceof LayerChoices
        ? new LayerChoices(`${name}.${choices.layer}`, choices.own)
        : new LayerChoices(name, choices),
    ),
  );
}

/** What a layer chose, with the full name of the layer. */
class LayerChoices implements Choices {
  readonly layer: string;
  /** As the layer itself says it. */
  readonly own: Choices;

  constructor(layer: string, own: Choices) {
    this.layer = layer;
    this.own = own;
  }

  get what(): string {
    return `${this.layer}: ${this.own.what}`;
  }

  get shape(): readonly number[] {
    return this.own.shape;
  }

  get taken(): ArrayLike<number> {
    return this.own.taken;
  }
}

/** One layer of a chain. An error in a fused layer is reported as that of the layer at fault. */
async function forwardStep(step: NamedLayer, x: Tensor, pass: PassOptions): Promise<Pass> {
  const { name, layer, parts } = step;
  const run = (): Promise<Pass> => layer.forward(x, passInside(name, pass));
  if (parts === undefined) return namingLayerAsync(name, run);
  try {
    return await run();
  } catch (error) {
    if (error instanceof InputError) await new Chain(parts).forward(x, { ...pass, record: false });
    throw named(name, error);
  }
}

/**
 * Shows a layer's output. For a fused layer, its inner layers are run once more to show theirs, and
 * what they keep, such as running statistics, is as it was.
 */
async function showStep(
  step: NamedLayer,
  x: Tensor,
  out: Tensor,
  pass: PassOptions,
): Promise<void> {
  if (step.parts === undefined) return pass.observe?.(step.name, await pass.backend.read(out));
  const inner = new Chain(step.parts.slice(0, -1));
  const buffers = everyLayer(inner.layers).flatMap(({ layer }) => layer.buffers ?? []);
  const kept = buffers.map(({ value }) => value.clone());
  try {
    await inner.forward(x, { ...pass, record: false });
  } finally {
    // also when the observer throws
    for (const [i, { value }] of buffers.entries()) value.copyFrom(kept[i]!);
  }
  pass.observe?.(step.parts.at(-1)!.name, await pass.backend.read(out));
}

/** Layers in order: by name, or with their names. */
export type Layers = Readonly<Record<string, Layer>> | readonly NamedLayer[];

/**
 * Layers in order, with their names.
 *
 * @param where the caller, for messages
 * @throws InputError when there is no layer, one is something else, a name is a whole number or
 *   holds control characters, or two layers have one name
 */
export function namedLayers(layers: Layers, where: string): readonly NamedLayer[] {
  const named = isList(layers)
    ? layers
    : Object.entries(layers).map(([name, layer]) => ({ name, layer }));
  if (named.length === 0) reject(where, "at least one layer", "none");
  const wrong = named.find(({ layer }) => typeof layer?.forward !== "function");
  if (wrong !== undefined)
    reject(where, `a layer under the name ${wrong.name}`, typeof wrong.layer, "is a new missing?");
  const number = named.find(({ name }) => /^\d+$/.test(name));
  if (number !== undefined)
    reject(
      where,
      "names that are no whole numbers, since JavaScript puts those in front of all others",
      number.name,
    );
  // they are printed, and a terminal obeys control characters
  const unprintable = named.find(({ name }) => /\p{Cc}/u.test(name));
  if (unprintable !== undefined)
    reject(where, "names without control characters", JSON.stringify(unprintable.name));
  checkNames(named, where);
  return named;
}

function isList(layers: Layers): layers is readonly NamedLayer[] {
  return Array.isArray(layers);
}

/**
 * Layers at every depth by their full names, such as `block1.conv1`, in the order in which they are
 * done: those inside a layer come before it.
 */
export function everyLayer(layers: readonly NamedLayer[]): readonly NamedLayer[] {
  return layers.flatMap(({ name, layer }) => [
    ...(layer.branches ?? []).flatMap((branch) =>
      everyLayer(branch).map((inner) => ({ name: `${name}.${inner.name}`, layer: inner.layer })),
    ),
    { name, layer },
  ]);
}

/** @throws InputError when two layers have one full name, under which both would be saved */
export function checkNames(layers: readonly NamedLayer[], where: string): void {
  const names = new Set<string>();
  const isKnown = (name: string): boolean => names.size === names.add(name).size;
  const twice = everyLayer(layers).find(({ name }) => isKnown(name))?.name;
  if (twice !== undefined) reject(where, "a name of its own for every layer", `${twice} twice`);
}

/** What is drawn and what is observed inside a layer goes by the layer's name. */
function passInside(name: string, pass: PassOptions): PassOptions {
  const { random, observe } = pass;
  return {
    ...pass,
    ...(random === undefined ? {} : { random: random.split(name) }),
    ...(observe === undefined
      ? {}
      : { observe: (inner: string, out: Tensor) => observe(`${name}.${inner}`, out) }),
  };
}

/** An InputError in a layer, with the full name of the layer. */
class LayerError extends InputError {
  readonly layer: string;
  readonly reason: string;

  constructor(layer: string, reason: string) {
    super(`layer ${layer}: ${reason}`);
    this.layer = layer;
    this.reason = reason;
  }
}

/** Puts the layer's name in front of the message of an InputError. */
function named(name: string, error: unknown): unknown {
  if (error instanceof LayerError) return new LayerError(`${name}.${error.layer}`, error.reason);
  return error instanceof InputError ? new LayerError(name, error.message) : error;
}

function namingLayer<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw named(name, error);
  }
}

async function namingLayerAsync<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw named(name, error);
  }
}

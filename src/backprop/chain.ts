/**
 * Named layers, one after another: a network, or a branch inside a layer. Derived in
 * `derivations/backpropagation.md`.
 */
import { InputError, reject, type Tensor } from "../tensor/index.js";
import type { Layer, NamedLayer, PassOptions } from "./layer.js";

/** Layers one after another: what one returns is what the next is given. */
export class Chain {
  readonly layers: readonly NamedLayer[];

  /**
   * @param layers in order, by name
   * @param where who complains about them
   * @throws InputError when there is no layer, a name is a whole number, or two layers have one
   *   name
   */
  constructor(layers: Readonly<Record<string, Layer>>, where: string) {
    this.layers = Object.entries(layers).map(([name, layer]) => ({ name, layer }));
    if (this.layers.length === 0) reject(where, "at least one layer", "none");
    const number = this.layers.find(({ name }) => /^\d+$/.test(name));
    if (number !== undefined)
      reject(
        where,
        "names that are no whole numbers, since JavaScript puts those in front of all others",
        number.name,
      );
    checkNames(this.layers, where);
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
   * @param x what the first layer takes, usually images [N, C, H, W]
   * @returns what the last layer returns, usually logits [N, classes]
   * @throws InputError naming the layer whose input does not fit
   */
  async forward(x: Tensor, pass: PassOptions): Promise<Tensor> {
    for (const { name, layer } of this.layers) {
      // (backpropagation.1) xₗ₊₁ = fₗ(xₗ; wₗ)
      x = await namingLayerAsync(name, () => layer.forward(x, passInside(name, pass)));
      pass.observe?.(name, x);
    }
    return x;
  }

  /**
   * Adds the gradient of every parameter to its `grad`. The layers remember the forward pass that
   * this undoes.
   *
   * @param dOut the gradient with respect to what `forward` returned
   * @param wantsDX whether the gradient with respect to x is wanted as well; nobody needs that of
   *   an image
   * @returns dX, or null if it is not wanted
   */
  async backward(dOut: Tensor, wantsDX = false): Promise<Tensor | null> {
    let dX: Tensor | null = dOut;
    for (let l = this.layers.length - 1; l >= 0 && dX !== null; l--) {
      const { name, layer } = this.layers[l]!;
      const upstream: Tensor = dX;
      // (backpropagation.6) dXₗ = Jₗᵀ · dXₗ₊₁
      dX = await namingLayerAsync(name, () => layer.backward(upstream, l > 0 || wantsDX));
    }
    return wantsDX ? dX : null;
  }
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
  const names = everyLayer(layers).map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
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

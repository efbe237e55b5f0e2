/** A network as a chain of named layers. Derived in `derivations/backpropagation.md`. */
import { type Layer, type LayerBuffer, type Parameter, type PassOptions } from "../backprop/index.js";
import { InputError, reject, type Tensor } from "../tensor/index.js";

export interface NamedLayer {
  readonly name: string;
  readonly layer: Layer;
}

/** A parameter under its full name: `conv1.weight`. */
export interface NamedParameter {
  readonly name: string;
  readonly parameter: Parameter;
}

/** A buffer under its full name: `bn1.runningMean`. */
export interface NamedBuffer {
  readonly name: string;
  readonly buffer: LayerBuffer;
}

/** Layers one after another: what one returns is what the next is given. */
export class Sequential {
  readonly layers: readonly NamedLayer[];

  /**
   * @param layers in order, by name; parameters are called `<layer>.<parameter>` in files and messages
   * @throws InputError when there is no layer, or a name is a whole number: JavaScript would put it in front of all others
   */
  constructor(layers: Readonly<Record<string, Layer>>) {
    this.layers = Object.entries(layers).map(([name, layer]) => ({ name, layer }));
    if (this.layers.length === 0) reject("Sequential", "at least one layer", "none");
    const number = this.layers.find(({ name }) => /^\d+$/.test(name));
    if (number !== undefined) reject("Sequential", "names that are no whole numbers, since those lose their place in the order", number.name);
  }

  get parameters(): readonly NamedParameter[] {
    return this.layers.flatMap(({ name, layer }) => layer.parameters.map((parameter) => ({ name: `${name}.${parameter.name}`, parameter })));
  }

  /** What layers keep besides parameters. */
  get buffers(): readonly NamedBuffer[] {
    return this.layers.flatMap(({ name, layer }) => (layer.buffers ?? []).map((buffer) => ({ name: `${name}.${buffer.name}`, buffer })));
  }

  /**
   * The shape of every layer's output for a given input, in order.
   *
   * @throws InputError naming the first layer that the shape does not fit
   */
  outputShapes(inputShape: readonly number[]): readonly (readonly number[])[] {
    let shape = inputShape;
    return this.layers.map(({ name, layer }) => (shape = namingLayer(name, () => layer.outputShape(shape))));
  }

  /**
   * @param x what the first layer takes, usually images [N, C, H, W]
   * @param observe is shown every layer's output
   * @returns what the last layer returns, usually logits [N, classes]
   * @throws InputError naming the layer whose input does not fit
   */
  async forward(x: Tensor, pass: PassOptions, observe?: (name: string, out: Tensor) => void): Promise<Tensor> {
    for (const { name, layer } of this.layers) {
      // (backpropagation.1) xₗ₊₁ = fₗ(xₗ; wₗ)
      x = await namingLayerAsync(name, () => layer.forward(x, pass));
      observe?.(name, x);
    }
    return x;
  }

  /**
   * Adds the gradient of every parameter to its `grad`. The layers remember the forward pass that this undoes.
   *
   * @param dOut the gradient with respect to what `forward` returned
   */
  async backward(dOut: Tensor): Promise<void> {
    let dX: Tensor | null = dOut;
    for (let l = this.layers.length - 1; l >= 0 && dX !== null; l--) {
      const { name, layer } = this.layers[l]!;
      const upstream: Tensor = dX;
      // (backpropagation.6) dXₗ = Jₗᵀ · dXₗ₊₁
      dX = await namingLayerAsync(name, () => layer.backward(upstream, l > 0));
    }
  }

  /** Sets every gradient to 0. */
  zeroGrad(): void {
    for (const { parameter } of this.parameters) parameter.zeroGrad();
  }
}

/** Puts the layer's name in front of the message of an InputError. */
function named(name: string, error: unknown): unknown {
  return error instanceof InputError ? new InputError(`layer ${name}: ${error.message}`) : error;
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

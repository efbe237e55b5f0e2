/** A network as a chain of named layers. Derived in `derivations/backpropagation.md`. */
import {
  Chain,
  everyLayer,
  type Layer,
  type LayerBuffer,
  type Parameter,
} from "../backprop/index.js";

/** A parameter under its full name: `conv1.weight`, or `block1.conv1.weight` inside a block. */
export interface NamedParameter {
  readonly name: string;
  readonly parameter: Parameter;
}

/** A buffer under its full name: `bn1.runningMean`. */
export interface NamedBuffer {
  readonly name: string;
  readonly buffer: LayerBuffer;
}

/** Layers one after another, and everything in them that training changes. */
export class Sequential extends Chain {
  /**
   * @param layers in order, by name; parameters are called `<layer>.<parameter>` in files and
   *   messages
   * @throws InputError when there is no layer, a name is a whole number, or two layers have one
   *   name
   */
  constructor(layers: Readonly<Record<string, Layer>>) {
    super(layers, "Sequential");
  }

  get parameters(): readonly NamedParameter[] {
    return everyLayer(this.layers).flatMap(({ name, layer }) =>
      layer.parameters.map((parameter) => ({ name: `${name}.${parameter.name}`, parameter })),
    );
  }

  /** What layers keep besides parameters. */
  get buffers(): readonly NamedBuffer[] {
    return everyLayer(this.layers).flatMap(({ name, layer }) =>
      (layer.buffers ?? []).map((buffer) => ({ name: `${name}.${buffer.name}`, buffer })),
    );
  }

  /** Sets every gradient to 0. */
  zeroGrad(): void {
    for (const { parameter } of this.parameters) parameter.zeroGrad();
  }
}

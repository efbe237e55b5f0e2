/**
 * Functions of each entry alone, a file for each under the name that it has in `src/backprop`,
 * where the formula is that all backends are compared with.
 */
import { sameShape, type Tensor } from "../../../../tensor/index.js";
import type { KnownActivation, KnownPair } from "../../../activations.js";
import type { WithSlope } from "../../../backend.js";
import type { EntryFunction } from "../../kernel-calls.js";
import type { DeviceOperands } from "../operands.js";
import { elu, eluBack } from "./elu.js";
import { gelu, geluSlope } from "./gelu.js";
import { leakyRelu, leakyReluBack } from "./leaky-relu.js";
import { sigmoid, sigmoidBack } from "./sigmoid.js";
import { silu, siluSlope } from "./silu.js";
import { softplus } from "./softplus.js";
import { tanh, tanhBack } from "./tanh.js";

const values: Readonly<Record<(KnownActivation | KnownPair)["name"], EntryFunction>> = {
  ...{ sigmoid, tanh, elu, leakyRelu },
  ...{ gelu, silu, softplus },
};
const slopes: Readonly<Record<KnownPair["name"], EntryFunction>> = {
  ...{ gelu: geluSlope, silu: siluSlope, softplus: sigmoid },
};
const backs: Readonly<Record<KnownActivation["name"], EntryFunction>> = {
  ...{ sigmoid: sigmoidBack, tanh: tanhBack, elu: eluBack, leakyRelu: leakyReluBack },
};

/** Each method returns null where it is not for the device, as for a function it does not know. */
export class DeviceActivations {
  readonly #operands: DeviceOperands;

  constructor(operands: DeviceOperands) {
    this.#operands = operands;
  }

  /** See {@link Backend.activation}. */
  activation(x: Tensor, known: KnownActivation | undefined): Promise<Tensor> | null {
    if (known === undefined || !this.#takes(x)) return null;
    return this.#operands.tensor(x.shape, values[known.name], [x], numbersOf(known));
  }

  /** See {@link Backend.activationBackward}. */
  backward(dOut: Tensor, at: Tensor, known: KnownActivation | undefined): Promise<Tensor> | null {
    if (known === undefined || !sameShape(dOut.shape, at.shape) || !this.#takes(dOut, at))
      return null;
    return this.#operands.tensor(at.shape, backs[known.name], [dOut, at], numbersOf(known));
  }

  /** See {@link Backend.activationWithSlope}. */
  withSlope(
    x: Tensor,
    wantsSlope: boolean,
    known: KnownPair | undefined,
  ): Promise<WithSlope> | null {
    return known === undefined || !this.#takes(x) ? null : this.#withSlope(x, wantsSlope, known);
  }

  async #withSlope(x: Tensor, wantsSlope: boolean, { name }: KnownPair): Promise<WithSlope> {
    const out = await this.#operands.tensor(x.shape, values[name], [x]);
    const slope = wantsSlope ? await this.#operands.tensor(x.shape, slopes[name], [x]) : null;
    return { out, slope };
  }

  #takes(...tensors: readonly Tensor[]): boolean {
    return this.#operands.hasRoomFor(tensors[0]!.size) && this.#operands.takes(0, ...tensors);
  }
}

function numbersOf(known: KnownActivation): Float32Array {
  return Float32Array.of(known.name === "leakyRelu" ? known.negativeSlope : 0);
}

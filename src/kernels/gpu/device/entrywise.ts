import { sameShape, type Tensor } from "../../../tensor/index.js";
import type { EntryFunction } from "../kernel-calls.js";
import { gate, productOfTwo, rectify, sumOfTwo } from "./entrywise-kernels.js";
import { type DeviceMemory, memoryOf } from "./memory.js";
import type { DeviceOperands } from "./operands.js";

/** What happens entry by entry. Each method returns null where it is not for the device. */
export class DeviceEntrywise {
  readonly #operands: DeviceOperands;

  constructor(operands: DeviceOperands) {
    this.#operands = operands;
  }

  relu(x: Tensor): Promise<Tensor> | null {
    return this.#compute(rectify, x);
  }

  reluBackward(dOut: Tensor, x: Tensor): Promise<Tensor> | null {
    return this.#compute(gate, dOut, x);
  }

  add(a: Tensor, b: Tensor): Promise<Tensor> | null {
    return this.#compute(sumOfTwo, a, b);
  }

  multiply(a: Tensor, b: Tensor): Promise<Tensor> | null {
    return this.#compute(productOfTwo, a, b);
  }

  /** Changes `target`; null where that is not for the device. */
  accumulate(target: Tensor, source: Tensor): Promise<void> | null {
    const memory = memoryOf(target.storage);
    return memory !== null && target.isContiguous && this.#takes(target, source)
      ? this.#operands.memories.inOrder(() =>
          this.#accumulate(memory as DeviceMemory, target, source),
        )
      : null;
  }

  async #accumulate(memory: DeviceMemory, target: Tensor, source: Tensor): Promise<void> {
    const handle = memoryOf(source.storage)?.handle;
    if (memory.everywhere === 0 && handle) memory.replace(this.#operands.share(handle));
    else memory.replace(await this.#operands.entries(sumOfTwo, target.size, [target, source]));
    target.storage.touch();
  }

  #compute(
    kernel: EntryFunction,
    first: Tensor,
    ...others: readonly Tensor[]
  ): Promise<Tensor> | null {
    const tensors = [first, ...others];
    if (!this.#takes(...tensors)) return null;
    return this.#operands.tensor(first.shape, kernel, tensors);
  }

  #takes(...tensors: readonly Tensor[]): boolean {
    return (
      tensors.every(({ shape }) => sameShape(shape, tensors[0]!.shape)) &&
      this.#operands.hasRoomFor(tensors[0]!.size) &&
      this.#operands.takes(0, ...tensors)
    );
  }
}

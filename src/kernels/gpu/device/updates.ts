import { integerPower, sameShape, type Tensor } from "../../../tensor/index.js";
import { touchChanged } from "../../reference/optimizer-updates.js";
import type { UpdateKind, UpdateNumbers, UpdateTensors } from "../../updates.js";
import type { KernelLaunch } from "../kernel-calls.js";
import { memoryOf } from "./memory.js";
import type { DeviceOperands } from "./operands.js";
import { descended, descendedByRoot, runningMean, runningSquare } from "./update-kernels.js";

type Kernel = KernelLaunch["kernel"];

/** Writes what a kernel makes of some tensors over the first of them. */
type Write = (
  kernel: Kernel,
  tensors: readonly [Tensor, ...Tensor[]],
  ...numbers: readonly number[]
) => Promise<void>;

const updates: {
  readonly [Kind in UpdateKind]: (
    write: Write,
    tensors: UpdateTensors<Kind>,
    numbers: UpdateNumbers<Kind>,
  ) => Promise<void>;
} = { sgd, adagrad, rmsprop, adam };

/** Updates of parameters that live on a device. */
export class DeviceUpdates {
  readonly #operands: DeviceOperands;

  constructor(operands: DeviceOperands) {
    this.#operands = operands;
  }

  /** Is the gradient on the device, and room there for all the others? */
  covers(kind: UpdateKind, tensors: UpdateTensors<UpdateKind>): boolean {
    const { value, grad } = tensors;
    const all = Object.values<Tensor | null>({ ...tensors }).filter((tensor) => tensor !== null);
    return (
      Object.hasOwn(updates, kind) &&
      this.#operands.takes(0, grad) &&
      this.#operands.hasRoomFor(grad.size) &&
      all.every((tensor) => sameShape(tensor.shape, value.shape)) &&
      all.every((tensor) => tensor.isContiguous && memoryOf(tensor.storage) !== null)
    );
  }

  /** See {@link Backend.update}. */
  update<Kind extends UpdateKind>(
    kind: Kind,
    tensors: UpdateTensors<Kind>,
    numbers: UpdateNumbers<Kind>,
  ): Promise<void> {
    return this.#operands.memories.inOrder(async () => {
      await updates[kind](this.#write, tensors, numbers);
      touchChanged(tensors);
    });
  }

  readonly #write: Write = async (kernel, tensors, ...numbers) => {
    const [target] = tensors;
    const told = Float32Array.from(numbers);
    const handle = await this.#operands.entries(kernel, target.size, tensors, told);
    memoryOf(target.storage)!.replace(handle);
  };
}

async function sgd(
  write: Write,
  { value, grad, velocity }: UpdateTensors<"sgd">,
  { learningRate, momentum, nesterov, weightDecay, step }: UpdateNumbers<"sgd">,
): Promise<void> {
  if (velocity !== null)
    await write(runningMean, [velocity, value, grad], weightDecay, step === 1 ? 0 : momentum, 1);
  const [ofGradient, ofVelocity] = velocity === null ? [1, 0] : nesterov ? [1, momentum] : [0, 1];
  const tensors = [value, grad, velocity ?? grad] as const;
  await write(descended, tensors, weightDecay, learningRate, ofGradient, ofVelocity);
}

async function adagrad(
  write: Write,
  { value, grad, squareSum }: UpdateTensors<"adagrad">,
  { learningRate, epsilon, weightDecay }: UpdateNumbers<"adagrad">,
): Promise<void> {
  await write(runningSquare, [squareSum, value, grad], weightDecay, 1, 1);
  const tensors = [value, grad, grad, squareSum] as const;
  await write(descendedByRoot, tensors, weightDecay, learningRate, 0, 1, epsilon, 0);
}

async function rmsprop(
  write: Write,
  { value, grad, meanSquare }: UpdateTensors<"rmsprop">,
  { learningRate, alpha, epsilon, weightDecay }: UpdateNumbers<"rmsprop">,
): Promise<void> {
  await write(runningSquare, [meanSquare, value, grad], weightDecay, alpha, 1 - alpha);
  const tensors = [value, grad, grad, meanSquare] as const;
  await write(descendedByRoot, tensors, weightDecay, learningRate, 0, 1, epsilon, 0);
}

/** AdamW, if the decay is decoupled. */
async function adam(
  write: Write,
  { value, grad, firstMoment, secondMoment }: UpdateTensors<"adam">,
  numbers: UpdateNumbers<"adam">,
): Promise<void> {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step } = numbers;
  const [decay, shrink] = decoupled ? [0, learningRate * weightDecay] : [weightDecay, 0];
  const rate = learningRate / (1 - integerPower(beta1, step));
  const correction = 1 - integerPower(beta2, step);
  await write(runningMean, [firstMoment, value, grad], decay, beta1, 1 - beta1);
  await write(runningSquare, [secondMoment, value, grad], decay, beta2, 1 - beta2);
  const tensors = [value, grad, firstMoment, secondMoment] as const;
  await write(descendedByRoot, tensors, decay, 0, rate, correction, epsilon, shrink);
}

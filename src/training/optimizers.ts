/** From gradients to better parameters. Derived in `derivations/optimizers.md`; the arithmetic is a primitive of the backend. */
import type { Backend } from "../kernels/index.js";
import type { NamedParameter } from "../network/index.js";
import { type Allocator, formatShape, heapAllocator, reject, sameShape, Tensor } from "../tensor/index.js";

/** Changes parameters so that the loss falls, and keeps running values in between. */
export interface Optimizer {
  /** Its name, as in recipes and files: `adam`. */
  readonly kind: string;
  /** Steps taken so far. */
  readonly steps: number;
  /** One step from the gradients that the parameters hold; the gradients are left as they are. */
  step(backend: Backend): Promise<void>;
  /** The running values by name (`firstMoment.conv1.weight`), sharing memory with the optimizer, for checkpoints. */
  state(): ReadonlyMap<string, Tensor>;
  /** Goes on from saved running values. @throws InputError when they are not those of these parameters */
  restore(state: ReadonlyMap<string, Tensor>, steps: number): void;
  /** Forgets all steps, as if it had just been built. */
  reset(): void;
}

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  /** λ: the gradient of λ/2·‖w‖² is added to the loss's. */
  readonly weightDecay?: number;
}

/** Stochastic gradient descent, with momentum as PyTorch defines it. */
export class Sgd implements Optimizer {
  readonly kind = "sgd";
  readonly #parameters: readonly NamedParameter[];
  readonly #options: Required<SgdOptions>;
  readonly #velocity: ReadonlyMap<string, Tensor>;
  #steps = 0;

  /** @throws InputError when an option is out of range */
  constructor(parameters: readonly NamedParameter[], options: SgdOptions, allocator: Allocator = heapAllocator) {
    this.#parameters = parameters;
    this.#options = { momentum: 0, nesterov: false, weightDecay: 0, ...options };
    const { learningRate, momentum, nesterov, weightDecay } = this.#options;
    check("Sgd", "learningRate", learningRate, 0, Infinity);
    check("Sgd", "momentum", momentum, 0, 1);
    check("Sgd", "weightDecay", weightDecay, 0, Infinity);
    if (nesterov && momentum === 0) reject("Sgd", "a momentum above 0 for Nesterov's method", "0");
    this.#velocity = momentum === 0 ? new Map() : zerosLike(parameters, allocator);
  }

  get steps(): number {
    return this.#steps;
  }

  async step(backend: Backend): Promise<void> {
    this.#steps++;
    for (const { name, parameter } of this.#parameters) {
      const state = { value: parameter.value, grad: parameter.grad, velocity: this.#velocity.get(name) ?? null };
      // (optimizers.4) w ← w − η·g
      await backend.sgdUpdate(state, { ...this.#options, step: this.#steps });
    }
  }

  state(): ReadonlyMap<string, Tensor> {
    return prefixed("velocity", this.#velocity);
  }

  restore(state: ReadonlyMap<string, Tensor>, steps: number): void {
    copyInto(this.state(), state);
    this.#steps = steps;
  }

  reset(): void {
    for (const tensor of this.state().values()) tensor.data.fill(0);
    this.#steps = 0;
  }
}

export interface AdamOptions {
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** λ, added to the gradient before the moments are updated (PyTorch's `weight_decay`, coupled). */
  readonly weightDecay?: number;
}

/** Adam (Kingma and Ba, 2015), with weight decay added to the gradient as PyTorch's Adam does. */
export class Adam implements Optimizer {
  readonly kind = "adam";
  readonly #parameters: readonly NamedParameter[];
  readonly #options: Required<AdamOptions>;
  readonly #firstMoment: ReadonlyMap<string, Tensor>;
  readonly #secondMoment: ReadonlyMap<string, Tensor>;
  #steps = 0;

  /** @throws InputError when an option is out of range */
  constructor(parameters: readonly NamedParameter[], options: AdamOptions = {}, allocator: Allocator = heapAllocator) {
    this.#parameters = parameters;
    this.#options = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, ...options };
    const { learningRate, beta1, beta2, epsilon, weightDecay } = this.#options;
    check("Adam", "learningRate", learningRate, 0, Infinity);
    check("Adam", "beta1", beta1, 0, 1);
    check("Adam", "beta2", beta2, 0, 1);
    check("Adam", "epsilon", epsilon, 0, Infinity);
    check("Adam", "weightDecay", weightDecay, 0, Infinity);
    this.#firstMoment = zerosLike(parameters, allocator);
    this.#secondMoment = zerosLike(parameters, allocator);
  }

  get steps(): number {
    return this.#steps;
  }

  async step(backend: Backend): Promise<void> {
    this.#steps++;
    for (const { name, parameter } of this.#parameters) {
      const state = { value: parameter.value, grad: parameter.grad, firstMoment: this.#firstMoment.get(name)!, secondMoment: this.#secondMoment.get(name)! };
      // (optimizers.28) w ← w − η·m̂ / (√v̂ + ε)
      await backend.adamUpdate(state, { ...this.#options, step: this.#steps });
    }
  }

  state(): ReadonlyMap<string, Tensor> {
    return new Map([...prefixed("firstMoment", this.#firstMoment), ...prefixed("secondMoment", this.#secondMoment)]);
  }

  restore(state: ReadonlyMap<string, Tensor>, steps: number): void {
    copyInto(this.state(), state);
    this.#steps = steps;
  }

  reset(): void {
    for (const tensor of this.state().values()) tensor.data.fill(0);
    this.#steps = 0;
  }
}

function check(where: string, name: string, value: number, least: number, below: number): void {
  if (!(value >= least && value < below)) {
    reject(where, `${name} ${below === Infinity ? `to be a finite number ≥ ${least}` : `from ${least} to below ${below}`}`, String(value));
  }
}

function zerosLike(parameters: readonly NamedParameter[], allocator: Allocator): ReadonlyMap<string, Tensor> {
  return new Map(parameters.map(({ name, parameter: { value } }) => [name, Tensor.zeros(value.shape, value.dtype, allocator)]));
}

function prefixed(prefix: string, tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  return new Map([...tensors].map(([name, tensor]) => [`${prefix}.${name}`, tensor]));
}

function copyInto(own: ReadonlyMap<string, Tensor>, saved: ReadonlyMap<string, Tensor>): void {
  const unknown = [...saved.keys()].find((name) => !own.has(name));
  if (unknown !== undefined) reject("optimizer", `${own.size} saved running values`, `also ${unknown}`, "they belong to other options or another network");
  for (const [name, tensor] of own) {
    const given = saved.get(name);
    if (given === undefined || !sameShape(given.shape, tensor.shape)) {
      reject("optimizer", `a saved ${name} of shape ${formatShape(tensor.shape)}`, given === undefined ? "none" : formatShape(given.shape));
    }
  }
  for (const [name, tensor] of own) tensor.data.set(saved.get(name)!.contiguous().data);
}

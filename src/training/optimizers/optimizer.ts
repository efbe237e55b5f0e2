/**
 * What every optimizer is, and what those of this folder share. The arithmetic is a primitive of
 * the backend.
 */
import type { Parameter } from "../../backprop/index.js";
import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import {
  checkOptions,
  formatShape,
  notNegative,
  reject,
  type Rules,
  sameShape,
  type Tensor,
  whatIs,
} from "../../tensor/index.js";

/** Changes parameters so that the loss falls, and keeps running values in between. */
export interface Optimizer {
  /** Its name, as in recipes and files: `adam`. */
  readonly kind: string;
  /** The rate of every step that is not told another. */
  readonly learningRate: number;
  /** What it changes; left out by those that do not tell. */
  readonly parameters?: readonly Parameter[];
  /** Steps taken so far. */
  readonly steps: number;
  /**
   * One step from the gradients that the parameters hold; the gradients are left as they are.
   *
   * @param learningRate of this step alone, such as a schedule gives; the optimizer's own if left
   *   out
   * @throws InputError when it is no finite number ≥ 0; then nothing has changed
   */
  step(backend: Backend, learningRate?: number): Promise<void>;
  /**
   * The running values by name (`firstMoment.conv1.weight`), sharing memory with the optimizer, for
   * checkpoints.
   */
  state(): ReadonlyMap<string, Tensor>;
  /**
   * Goes on from saved running values.
   *
   * @throws InputError when they are not those of these parameters, or no optimizer could have
   *   reached them: not finite, or sums of squares below 0; then nothing has changed
   */
  restore(state: ReadonlyMap<string, Tensor>, steps: number): void;
  /** Forgets all steps, as if it had just been built. */
  reset(): void;
  /** Gives back the memory of the running values, which otherwise goes with their parameters'. */
  dispose(): void;
}

/**
 * The tensors that one update works on, all of one shape: a parameter, its gradient, and its
 * running values by their names.
 */
export type UpdateState<Running extends string> = {
  /** The parameter, which the update changes in place. */
  readonly value: Tensor;
  /** The loss's gradient by it. */
  readonly grad: Tensor;
} & Readonly<Record<Running, Tensor>>;

/** What changes from step to step. */
export interface StepInfo {
  /** η, as the schedule says for this step. */
  readonly learningRate: number;
  /** 1 for the first. */
  readonly step: number;
}

/** An optimizer of one's own: a function of the parameters that are to be trained. */
export type OptimizerChoice = (parameters: readonly NamedParameter[]) => Optimizer;

/**
 * What the optimizers share: they count steps, and keep a tensor of each running value for each
 * parameter, all 0 at first.
 */
export abstract class ParameterOptimizer<Running extends string> implements Optimizer {
  /** Its name, as in recipes and files. */
  abstract readonly kind: string;
  readonly learningRate: number;
  readonly #where: string;
  readonly #states: readonly UpdateState<Running>[];
  readonly #running: ReadonlyMap<string, Tensor>;
  readonly parameters: readonly Parameter[];
  #steps = 0;

  /** Options are checked before it is called. `where` is the optimizer's name in messages. */
  protected constructor(
    where: string,
    parameters: readonly NamedParameter[],
    learningRate: number,
    running: readonly Running[],
  ) {
    const twice = parameters.find(({ name, parameter }, i) => {
      const isThisOne = (one: NamedParameter): boolean =>
        one.name === name || one.parameter === parameter;
      return parameters.findIndex(isThisOne) < i;
    });
    if (twice !== undefined)
      reject(where, "each parameter once, under a name of its own", `${twice.name} again`);
    this.#where = where;
    this.parameters = parameters.map(({ parameter }) => parameter);
    this.learningRate = learningRate;
    const names = running.flatMap((kind) =>
      parameters.map(({ name, parameter }) => ({ key: `${kind}.${name}`, parameter })),
    );
    this.#running = new Map(names.map(({ key, parameter }) => [key, parameter.companion()]));
    this.#states = parameters.map(({ name, parameter: { value, grad } }) => {
      const own = Object.fromEntries(
        running.map((kind) => [kind, this.#running.get(`${kind}.${name}`)!]),
      );
      return { value, grad, ...(own as Record<Running, Tensor>) };
    });
  }

  /** One step of one parameter, in place; its gradient is left as it is. */
  protected abstract update(
    backend: Backend,
    state: UpdateState<Running>,
    now: StepInfo,
  ): Promise<void>;

  get steps(): number {
    return this.#steps;
  }

  async step(backend: Backend, learningRate = this.learningRate): Promise<void> {
    if (!notNegative.accepts(learningRate))
      reject(this.#where, `learningRate to be ${notNegative.expected}`, String(learningRate));
    this.#steps++;
    for (const state of this.#states)
      await this.update(backend, state, { learningRate, step: this.#steps });
  }

  state(): ReadonlyMap<string, Tensor> {
    return this.#running;
  }

  restore(state: ReadonlyMap<string, Tensor>, steps: number): void {
    if (!Number.isSafeInteger(steps) || steps < 0)
      reject(this.#where, "steps to be a whole number ≥ 0", String(steps));
    copyInto(this.#running, state);
    this.#steps = steps;
  }

  reset(): void {
    for (const tensor of this.#running.values()) tensor.fill(0);
    this.#steps = 0;
  }

  dispose(): void {
    for (const parameter of this.parameters)
      for (const tensor of this.#running.values()) parameter.release(tensor);
  }
}

/**
 * The options as they were given, without those that are `undefined`. See {@link checkOptions}.
 *
 * @param where the optimizer's name in messages
 */
export function takeOptions<Options extends object>(
  where: string,
  parameters: readonly NamedParameter[],
  options: Options,
  rules: Rules<Options>,
): Options {
  if (!Array.isArray(parameters))
    reject(where, "a network's parameters, then the options", whatIs(parameters));
  return checkOptions(where, options, rules);
}

/** Running values that are sums or means of squares. */
const SQUARES = ["secondMoment", "meanSquare", "squareSum"];

function copyInto(own: ReadonlyMap<string, Tensor>, saved: ReadonlyMap<string, Tensor>): void {
  const unknown = [...saved.keys()].find((name) => !own.has(name));
  if (unknown !== undefined)
    reject(
      "optimizer",
      `${own.size} saved running values`,
      `also ${unknown}`,
      "they belong to other options or another network",
    );
  for (const [name, tensor] of own) {
    const given = saved.get(name);
    if (given === undefined || !sameShape(given.shape, tensor.shape)) {
      reject(
        "optimizer",
        `a saved ${name} of shape ${formatShape(tensor.shape)}`,
        given === undefined ? "none" : formatShape(given.shape),
      );
    }
    const least = SQUARES.some((kind) => name.startsWith(`${kind}.`)) ? 0 : -Infinity;
    const wrong = given.contiguous().data.find((v) => !(Number.isFinite(v) && v >= least));
    if (wrong !== undefined) {
      const expected = least === 0 ? "finite numbers ≥ 0" : "finite numbers";
      reject("optimizer", `a saved ${name} of ${expected}`, String(wrong));
    }
  }
  for (const [name, tensor] of own) tensor.copyFrom(saved.get(name)!);
}

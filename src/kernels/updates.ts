/** What one step of each optimizer works on. */
import type { Tensor } from "../tensor/index.js";

/** A parameter and its gradient; running values come beside them. */
export interface Weights {
  readonly value: Tensor;
  readonly grad: Tensor;
}

export interface Rates {
  readonly learningRate: number;
  readonly weightDecay: number;
}

/**
 * By the optimizer's kind: the tensors of one parameter, all of one shape, of which an update
 * changes all but the gradient, and the numbers that go into its formula. `step` is 1 for the
 * first.
 */
export interface Updates {
  readonly sgd: {
    /** `velocity` is null without momentum. */
    readonly tensors: Weights & { readonly velocity: Tensor | null };
    readonly numbers: Rates & {
      readonly momentum: number;
      readonly nesterov: boolean;
      readonly step: number;
    };
  };
  readonly adagrad: {
    readonly tensors: Weights & { readonly squareSum: Tensor };
    readonly numbers: Rates & { readonly epsilon: number };
  };
  readonly rmsprop: {
    readonly tensors: Weights & { readonly meanSquare: Tensor };
    readonly numbers: Rates & { readonly alpha: number; readonly epsilon: number };
  };
  readonly adam: {
    readonly tensors: Weights & { readonly firstMoment: Tensor; readonly secondMoment: Tensor };
    readonly numbers: Rates & {
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      /** Whether the decay shrinks the weights and stays out of the gradient, as AdamW's does. */
      readonly decoupled: boolean;
      readonly step: number;
    };
  };
}

export type UpdateKind = keyof Updates;
export type UpdateTensors<Kind extends UpdateKind> = Updates[Kind]["tensors"];
export type UpdateNumbers<Kind extends UpdateKind> = Updates[Kind]["numbers"];

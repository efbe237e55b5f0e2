/** What one step of each optimizer works on. */
import type { Tensor } from "../tensor/index.js";

/** A parameter and its gradient; running values come beside them. */
export interface Weights {
  /** w, which the update changes. */
  readonly value: Tensor;
  /** g, the loss's gradient by it. */
  readonly grad: Tensor;
}

/** What every formula starts from. */
export interface Rates {
  /** η, how far a step goes. */
  readonly learningRate: number;
  /** λ, how much of w itself is added to its gradient; 0 for none. */
  readonly weightDecay: number;
}

/**
 * By the optimizer's kind: the tensors of one parameter, all of one shape, of which an update
 * changes all but the gradient, and the numbers that go into its formula. Derived in
 * `derivations/optimizers.md`.
 */
export interface Updates {
  /** Stochastic gradient descent, (optimizers.4), with or without momentum, (optimizers.12). */
  readonly sgd: {
    /** The parameter and its running direction. */
    readonly tensors: Weights & {
      /** v, or null without momentum; the first step overwrites what is in it. */
      readonly velocity: Tensor | null;
    };
    /** The numbers of its formulas. */
    readonly numbers: Rates & {
      /** μ, the share of the old velocity that stays. */
      readonly momentum: number;
      /** Whether the step looks ahead along the velocity, (optimizers.22). */
      readonly nesterov: boolean;
      /** 1 for the first. */
      readonly step: number;
    };
  };
  /** AdaGrad (Duchi, Hazan and Singer, 2011), (optimizers.22b). */
  readonly adagrad: {
    /** The parameter and what its gradients were. */
    readonly tensors: Weights & {
      /** s, the sum of all squared gradients; 0 at the start. */
      readonly squareSum: Tensor;
    };
    /** The numbers of its formulas. */
    readonly numbers: Rates & {
      /** ε, added to the root of s. */
      readonly epsilon: number;
    };
  };
  /** RMSProp (Tieleman and Hinton, 2012), (optimizers.22f). */
  readonly rmsprop: {
    /** The parameter and what its gradients were. */
    readonly tensors: Weights & {
      /** v, the running average of squared gradients; 0 at the start. */
      readonly meanSquare: Tensor;
    };
    /** The numbers of its formulas. */
    readonly numbers: Rates & {
      /** α, the share of the old average that stays. */
      readonly alpha: number;
      /** ε, added to the root of v. */
      readonly epsilon: number;
    };
  };
  /** Adam (Kingma and Ba, 2015), (optimizers.28), and AdamW, (optimizers.34). */
  readonly adam: {
    /** The parameter and what its gradients were. */
    readonly tensors: Weights & {
      /** m, the running average of gradients; 0 at the start. */
      readonly firstMoment: Tensor;
      /** v, that of their squares; 0 at the start. */
      readonly secondMoment: Tensor;
    };
    /** The numbers of its formulas. */
    readonly numbers: Rates & {
      /** β₁, the share of the old m that stays. */
      readonly beta1: number;
      /** β₂, the share of the old v that stays. */
      readonly beta2: number;
      /** ε, added to the root of v̂. */
      readonly epsilon: number;
      /** Whether the decay shrinks the weights and stays out of the gradient, as AdamW's does. */
      readonly decoupled: boolean;
      /** t, 1 for the first: how much m and v still lean towards 0 depends on it. */
      readonly step: number;
    };
  };
}

/** The optimizers that every backend knows; `adam` is AdamW's too. */
export type UpdateKind = keyof Updates;
/** The tensors of one parameter that such a step works on, all of one shape. */
export type UpdateTensors<Kind extends UpdateKind> = Updates[Kind]["tensors"];
/** The numbers that go into its formulas. */
export type UpdateNumbers<Kind extends UpdateKind> = Updates[Kind]["numbers"];

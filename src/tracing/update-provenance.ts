/** Where the numbers that an optimizer makes come from. */
import { integerPower } from "../tensor/index.js";
import {
  difference,
  entry,
  type Expression,
  number,
  product,
  quotient,
  sum,
} from "./expression.js";
import type { Origin } from "./origin.js";

/** How the parameters learn: the engine's optimizers, without weight decay. */
export type UpdateRule =
  | {
      /** Stochastic gradient descent. */
      readonly kind: "sgd";
      /** η */
      readonly learningRate: number;
      /** μ; 0 for none. */
      readonly momentum: number;
    }
  | {
      /** Adam. */
      readonly kind: "adam";
      /** η */
      readonly learningRate: number;
      /** β₁ */
      readonly beta1: number;
      /** β₂ */
      readonly beta2: number;
      /** ε */
      readonly epsilon: number;
    };

const PLACE = { chapter: "optimizers", file: "src/kernels/reference/optimizer-updates.ts" };

/**
 * @param made the tensor that the update made: `conv1.weight.new`, `conv1.weight.velocity.new`
 * @param weight the parameter: `conv1.weight`
 * @param gradient its gradient: `conv1.dWeight`
 * @param index which number
 * @param step 1 for the first
 */
export function updateOrigin(
  made: string,
  { weight, gradient }: { readonly weight: string; readonly gradient: string },
  index: number,
  rule: UpdateRule,
  step: number,
): Origin {
  const at = (tag: string, words: string, expression: Expression): Origin => ({
    ...{ expression, words, ...PLACE, tag: `optimizers.${tag}`, codeTag: `optimizers.${tag}` },
  });
  const g = entry(gradient, index);
  const eta = number(rule.learningRate, "η");
  const w = entry(weight, index);
  const running = made.slice(weight.length + 1).replace(/\.?new$/, "");
  if (rule.kind === "sgd") {
    const before = product(number(rule.momentum, "μ"), entry(`${weight}.velocity`, index));
    if (running === "velocity")
      return step === 1
        ? at("12", "The first velocity is the gradient.", g)
        : at("12", "A part of the last velocity, and the gradient.", sum(before, g));
    const direction = rule.momentum === 0 ? g : entry(`${weight}.velocity.new`, index);
    const words =
      rule.momentum === 0
        ? "A step against the gradient."
        : "A step against the velocity, which takes the gradient's place.";
    return at("4", words, difference(w, product(eta, direction)));
  }
  const { beta1, beta2, epsilon } = rule;
  const [m, v] = ["firstMoment", "secondMoment"].map((name) => `${weight}.${name}`);
  const rest1 = number(1 - beta1, "1 − β₁");
  const rest2 = number(1 - beta2, "1 − β₂");
  if (running === "firstMoment")
    return at(
      "23",
      "The running mean of the gradients.",
      sum(product(number(beta1, "β₁"), entry(m!, index)), product(rest1, g)),
    );
  if (running === "secondMoment")
    return at(
      "24",
      "The running mean of their squares.",
      sum(product(number(beta2, "β₂"), entry(v!, index)), product(rest2, g, g)),
    );
  const corrected = (moment: string, beta: number, name: string): Expression =>
    quotient(entry(`${moment}.new`, index), number(1 - integerPower(beta, step), name));
  const root: Expression = { op: "root", of: [corrected(v!, beta2, "1 − β₂ᵗ")] };
  return at(
    "28",
    "A step against the mean gradient, divided by how large gradients are here.",
    difference(
      w,
      quotient(product(eta, corrected(m!, beta1, "1 − β₁ᵗ")), sum(root, number(epsilon, "ε"))),
    ),
  );
}

/** Arithmetic that can be written out, read and done again: how a number came from others. */
import { exp, log } from "../tensor/index.js";

/** One number of a tensor. */
export interface Address {
  /** The tensor's name, such as `conv1.dWeight`. */
  readonly tensor: string;
  /** Which of its numbers, in row-major order. */
  readonly index: number;
}

/** What is done with some numbers, in the engine's order. */
export type Expression =
  | {
      /** A constant. */
      readonly op: "number";
      /** It. */
      readonly value: number;
      /** Its letter. */
      readonly name: string;
    }
  | ({
      /** A number of a tensor. */
      readonly op: "entry";
    } & Address)
  | {
      /** Of any number of parts. */
      readonly op: "sum" | "product" | "largest";
      /** The parts. */
      readonly of: readonly Expression[];
    }
  | {
      /** The first less the second, or divided by it. */
      readonly op: "difference" | "quotient";
      /** Both. */
      readonly of: readonly [Expression, Expression];
    }
  | {
      /** A function of one number. */
      readonly op: "exp" | "log" | "root";
      /** That number. */
      readonly of: readonly [Expression];
    }
  | {
      /** The first part if a condition holds, else 0. */
      readonly op: "when";
      /** The others are what the condition is about. */
      readonly of: readonly [Expression, ...Expression[]];
      /** In words. */
      readonly condition: string;
      /** Whether it does. */
      readonly holds: boolean;
    };

/** The number at an address. */
export type Read = (address: Address) => number;

/** Does the arithmetic: sums and products from the left, as the engine does. */
export function evaluate(expression: Expression, read: Read): number {
  if (expression.op === "number") return expression.value;
  if (expression.op === "entry") return read(expression);
  const values = expression.of.map((part) => evaluate(part, read));
  const first = values[0] ?? 0;
  switch (expression.op) {
    case "sum":
      return values.reduce((total, value) => total + value, 0);
    case "product":
      return values.reduce((total, value) => total * value);
    case "largest":
      return Math.max(...values);
    case "difference":
      return first - values[1]!;
    case "quotient":
      return first / values[1]!;
    case "exp":
      return exp(first);
    case "log":
      return log(first);
    case "root":
      return Math.sqrt(first);
    case "when":
      return expression.holds ? first : 0;
  }
}

/** The numbers that it is made of, each once, in the order in which they stand there. */
export function inputsOf(expression: Expression): Address[] {
  const found = new Map<string, Address>();
  const visit = (part: Expression): void => {
    if (part.op === "number") return;
    if (part.op !== "entry") return part.of.forEach(visit);
    const { tensor, index } = part;
    found.set(`${tensor}:${index}`, { tensor, index });
  };
  visit(expression);
  return [...found.values()];
}

/** What is added up: of a bias and a sum, all of both. @returns none unless it is a sum */
export function addendsOf(expression: Expression): readonly Expression[] {
  if (expression.op !== "sum") return [];
  const [first, second, ...more] = expression.of;
  const isBiased = first?.op === "entry" && second?.op === "sum" && more.length === 0;
  return isBiased ? [first, ...second.of] : expression.of;
}

/** Short words for building expressions. */
export const number = (value: number, name: string): Expression => ({ op: "number", value, name });

/** See {@link number}. */
export const entry = (tensor: string, index: number): Expression => ({
  op: "entry",
  tensor,
  index,
});

/** See {@link number}. */
export const sum = (...of: readonly Expression[]): Expression => ({ op: "sum", of });

/** See {@link number}. */
export const product = (...of: readonly Expression[]): Expression => ({ op: "product", of });

/** See {@link number}. */
export const difference = (from: Expression, taken: Expression): Expression => ({
  op: "difference",
  of: [from, taken],
});

/** See {@link number}. */
export const quotient = (over: Expression, under: Expression): Expression => ({
  op: "quotient",
  of: [over, under],
});

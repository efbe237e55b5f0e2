/** Where the numbers of softmax and cross-entropy come from, for one example. */
import { difference, entry, type Expression, number, product, sum } from "./expression.js";
import type { Origin } from "./origin.js";

const FILE = "src/backprop/softmax-cross-entropy.ts";

/** z[0, c] = logits[0, c] − max(logits), (softmax-cross-entropy.3). */
export function shiftedLogit(logits: string, C: number, c: number): Expression {
  const all = Array.from({ length: C }, (_, j) => entry(logits, j));
  return difference(entry(logits, c), { op: "largest", of: all });
}

/**
 * @param logits the name of that tensor
 * @param C classes
 * @returns null for a tensor that is not the loss's
 */
export function lossOrigin(tensor: string, c: number, logits: string, C: number): Origin | null {
  const classes = Array.from({ length: C }, (_, j) => j);
  const at = (tag: string, words: string, expression: Expression): Origin => ({
    ...{ expression, words, file: FILE, chapter: "softmax-cross-entropy" },
    ...{ tag: `softmax-cross-entropy.${tag}`, codeTag: `softmax-cross-entropy.${tag}` },
  });
  const exponential = (j: number): Expression => ({ op: "exp", of: [entry("z", j)] });
  switch (tensor) {
    case "z":
      return at("3", "The logit less the largest of them.", shiftedLogit(logits, C, c));
    case "total":
      return at("16", "What the softmax divides by.", sum(...classes.map(exponential)));
    case "logP":
      return at(
        "16",
        "The logarithm of the probability.",
        difference(entry("z", c), { op: "log", of: [entry("total", 0)] }),
      );
    case "p":
      return at("16", "The probability of the class.", { op: "exp", of: [entry("logP", c)] });
    case "loss": {
      const terms = classes.map((j) => product(entry("targets", j), entry("logP", j)));
      return at(
        "15",
        "How surprised the network is by the right class.",
        product(sum(...terms), number(-1, "−1/N")),
      );
    }
    case "dLogits":
      return at(
        "22",
        "The probability less what it should have been.",
        product(difference(entry("p", c), entry("targets", c)), number(1, "dOut/N")),
      );
    default:
      return null;
  }
}

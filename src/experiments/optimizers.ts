/** The optimizers beside each other, each with a rate of its own from the same search. */
import { notebookDescription } from "../network/index.js";
import {
  adagrad,
  adam,
  adamW,
  type OptimizerDescription,
  rmsProp,
  sgd,
} from "../training/index.js";
import { experiment } from "./experiment.js";
import type { Scale } from "./laboratory.js";
import {
  findings,
  type Name,
  NAMES,
  type Options,
  STEPS_TO_A_POINT,
  type Values,
  verdict,
} from "./findings/optimizers.js";
import { drawnExamples } from "./parts/drawn-examples.js";
import { LossCurve } from "./parts/loss-curve.js";
import { searchedUnits, searchOf } from "./parts/rate-search.js";
import { trainClassifier } from "./parts/train-classifier.js";

type Describe = (learningRate: number) => OptimizerDescription;

/** With the defaults of PyTorch, and the rates that their searches begin with. */
const optimizersByName: Readonly<Record<Name, readonly [Describe, readonly number[]]>> = {
  SGD: [(learningRate) => sgd({ learningRate }), [0.03, 0.1, 0.3]],
  momentum: [(learningRate) => sgd({ learningRate, momentum: 0.9 }), [0.01, 0.03, 0.1]],
  Nesterov: [
    (learningRate) => sgd({ learningRate, momentum: 0.9, nesterov: true }),
    [0.01, 0.03, 0.1],
  ],
  AdaGrad: [(learningRate) => adagrad({ learningRate }), [0.003, 0.01, 0.03]],
  RMSprop: [(learningRate) => rmsProp({ learningRate }), [3e-4, 1e-3, 3e-3]],
  Adam: [(learningRate) => adam({ learningRate }), [3e-4, 1e-3, 3e-3]],
  AdamW: [(learningRate) => adamW({ learningRate }), [3e-4, 1e-3, 3e-3]],
};

interface Size {
  readonly seeds: number;
  readonly images: number;
  readonly epochs: number;
  /** How many rates a search begins with. */
  readonly rates: number;
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 5, images: 20_000, epochs: 3, rates: 3 },
  quick: { seeds: 2, images: 3_000, epochs: 1, rates: 1 },
  tiny: { seeds: 1, images: 128, epochs: 1, rates: 1 },
};

const BATCH = 128;

export const optimizers = experiment<Options, Values>({
  name: "optimizers",
  question: "Which optimizer trains the notes' network fastest, if each has the rate it needs?",
  prediction:
    "After three epochs of 20,000 images all of them are within two points of each other: Adam, " +
    "AdamW and RMSprop at about 97.8 %, momentum and Nesterov within half a point of them, and " +
    "those two apart by less than what seeds change; AdaGrad half a point behind, plain SGD " +
    "last, between 96 and 97 %. The best rates differ by a factor of 100 (SGD 0.3, momentum " +
    "0.03, Adam 1e-3 or 3e-3): most of what is told of optimizers is told of rates. In the " +
    "first hundred steps SGD lags the most.",
  method:
    "The notes' network, 20,000 images, 3 epochs, batches of 128, shuffled, constant rate, no " +
    "decay but AdamW's own 0.01, all other options as PyTorch has them, momentum 0.9. The rate " +
    "of each is the best of three or more, a factor of 3 apart, by the last 10,000 training " +
    "images after as many epochs on the others (one seed; while the best is at an end, one more " +
    "is tried). 5 seeds, which decide weights, images and their order alike for all; all test " +
    "images. Losses are means over 13 steps. Differences to Adam are paired by seed, with " +
    "Student's interval at 95 %.",
  units(done, scale) {
    const { seeds, images, epochs, rates } = sizes[scale];
    const searches = NAMES.map((optimizer) => {
      const [, start] = optimizersByName[optimizer];
      const first = rates === 1 ? [start[1]!] : start;
      return searchOf<Options, Values>(done, optimizer, { optimizer, images, epochs }, first);
    });
    return searchedUnits(searches, seeds);
  },
  async measure({ seed, options }, laboratory) {
    const { isSearch, optimizer, learningRate, images, epochs } = options;
    const [describe] = optimizersByName[optimizer];
    const curve = new LossCurve(STEPS_TO_A_POINT);
    const { curves } = await trainClassifier(
      {
        network: notebookDescription,
        ...drawnExamples(images, isSearch, seed, laboratory),
        optimizer: describe(learningRate),
        ...{ epochs, batchSize: BATCH },
        onStep: (loss) => curve.add(loss),
      },
      seed,
      laboratory,
    );
    const { testAccuracy, testLoss, stopped } = curves;
    return { losses: curve.means, testAccuracy, testLoss, stopped };
  },
  findings,
  verdict,
});

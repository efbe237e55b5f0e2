/**
 * What there is to command. Each command is loaded when it is asked for: training needs no
 * chapters, and who asks for help, or for a command that there is not, no engine at all.
 */
import { Command } from "commander";
import { addExamples } from "./help.js";

interface Summary {
  /** Its other name. */
  readonly alias?: string;
  readonly description: string;
  /** What stands behind its name. */
  readonly usage: string;
  /** What `--help` ends with. */
  readonly examples: readonly [string, ...string[]];
  readonly load: () => Promise<Command>;
}

const summaries: Readonly<Record<string, Summary>> = {
  train: {
    description: "train a network from scratch",
    usage: "[options]",
    examples: ["leibniz train --out run", "leibniz train --recipe notebook --epochs 3 --seed 1"],
    load: async () => (await import("./train.js")).trainCommand(),
  },
  evaluate: {
    description: "classify the test images with saved weights",
    usage: "[options]",
    examples: ["leibniz evaluate --weights run"],
    load: async () => (await import("./evaluate.js")).evaluateCommand(),
  },
  predict: {
    description: "say what is in your own pictures: a photo of a digit, for example",
    usage: "[options] <IMAGE...>",
    examples: ["leibniz train --out run && leibniz predict --weights run photo.jpg"],
    load: async () => (await import("./predict.js")).predictCommand(),
  },
  report: {
    description: "show what a run has learned, or how several runs differ, as a page in HTML",
    usage: "[options] <RUN...>",
    examples: ["leibniz report run", "leibniz report run another-run --out comparison.html"],
    load: async () => (await import("./report.js")).reportCommand(),
  },
  show: {
    description: "one picture's way through a network: what layers return, and their gradients",
    usage: "[options] <RUN> <IMAGE|INDEX>",
    examples: ["leibniz show run 0", "leibniz show run photo.jpg --out photo.html"],
    load: async () => (await import("./show.js")).showCommand(),
  },
  gradcheck: {
    description: "compare every gradient with numeric differentiation",
    usage: "[options] [layers...]",
    examples: [
      "leibniz gradcheck conv2d --html conv2d.html",
      "leibniz gradcheck --network notebook",
    ],
    load: async () => (await import("./gradcheck.js")).gradcheckCommand(),
  },
  derive: {
    description: "run every equation of the derivations, each side against the other",
    usage: "[options] [chapters...]",
    examples: ["leibniz derive conv2d", "leibniz derive --mutate affine"],
    load: async () => (await import("./derive.js")).deriveCommand(),
  },
  exercise: {
    description:
      "write a backward pass yourself: the layer's file without it, hints from the chapter, " +
      "and a check",
    usage: "[options] <LAYER>",
    examples: ["leibniz exercise conv2d", "leibniz exercise conv2d --hint 1"],
    load: async () => (await import("./exercise.js")).exerciseCommand(),
  },
  check: {
    description: "check the answers to an exercise in NumPy, or in any other language",
    usage: "[options] <LAYER> <DIR>",
    examples: ["leibniz exercise conv2d --python", "leibniz check conv2d exercise-conv2d-python"],
    load: async () => (await import("./check.js")).checkCommand(),
  },
  course: {
    description:
      "chapters, problems for a pencil and exercises in reading order, and which of them are done",
    usage: "[options]",
    examples: ["leibniz course --start", 'leibniz course --done "affine problem 2"'],
    load: async () => (await import("./course.js")).courseCommand(),
  },
  slides: {
    description: "a chapter's pictures with its result and equations as slides, for a lecture",
    usage: "[options] <CHAPTER>",
    examples: ["leibniz slides conv2d", "leibniz slides affine --out affine.html"],
    load: async () => (await import("./slides.js")).slidesCommand(),
  },
  site: {
    description: "serve chapters and code as pages that light each other up and prove themselves",
    usage: "[options]",
    examples: ["leibniz site --open", "leibniz site --port 8080"],
    load: async () => (await import("./site.js")).siteCommand(),
  },
  parity: {
    description: "compare every layer and optimizer with recorded results",
    usage: "[options] <FILE>",
    examples: ["leibniz parity test/fixtures/pytorch-layers.json"],
    load: async () => (await import("./parity.js")).parityCommand(),
  },
  mistakes: {
    alias: "bugs",
    description:
      "plant real mistakes in the engine, one at a time, and see which check catches which and " +
      "what one epoch of MNIST comes to",
    usage: "[options] [names...]",
    examples: ["leibniz mistakes --list", "leibniz mistakes loss-uphill --quick"],
    load: async () => (await import("./mistakes.js")).mistakesCommand(),
  },
  experiment: {
    description: "measure what the notes claim, from one file each, to the same digits every time",
    usage: "[options] [name]",
    examples: ["leibniz experiment --list", "leibniz experiment permutation --quick"],
    load: async () => (await import("./experiment.js")).experimentCommand(),
  },
  bench: {
    description: "speed of every backend on this machine, against the machine's limits",
    usage: "[options]",
    examples: ["leibniz bench --quick", "leibniz bench --backend wasm --threads 2"],
    load: async () => (await import("./bench.js")).benchCommand(),
  },
  complete: {
    description: "print a script that makes your shell complete all this at the tab key",
    usage: "[options] <SHELL>",
    examples: [
      "leibniz complete bash > ~/.local/share/bash-completion/completions/leibniz",
      "leibniz complete fish > ~/.config/fish/completions/leibniz.fish",
    ],
    load: async () => (await import("./complete.js")).completeCommand(),
  },
};

export const commandNames: readonly string[] = Object.keys(summaries);

/**
 * All commands, in order, as far as the list of them needs it; only the one that `word` names, by
 * either name, can be run. `help` is asked about any of them, so then all can.
 */
export function commandsFor(word: string | undefined): Promise<Command[]> {
  return Promise.all(
    Object.entries(summaries).map(async ([name, { alias, description, usage, examples, load }]) => {
      const isNamed = word === name || (word !== undefined && word === alias);
      const command = isNamed || word === "help" ? await load() : new Command(name).usage(usage);
      addExamples(command.description(description), examples);
      return alias === undefined ? command : command.alias(alias);
    }),
  );
}

/** `leibniz predict`: what a network sees in somebody's own pictures. */
import { Command } from "commander";
import { softmaxForward } from "../backprop/index.js";
import {
  decodePicture,
  type ImageShape,
  makeBatch,
  numbersAsNames,
  type Prepared,
  shownPath,
} from "../data/index.js";
import { reference } from "../kernels/index.js";
import { networkOf, readDescription, type Sequential } from "../network/index.js";
import { reject } from "../tensor/index.js";
import { outputsOf, recipeNetwork, whereNotFinite } from "../training/index.js";
import { classNamesIn } from "./class-names.js";
import { readFile } from "./files.js";
import { addHelp } from "./help.js";
import { jsonOption, printable, printJson } from "./options.js";
import { chooseRecipe, recipeOption } from "./recipe-option.js";
import { preparePicture } from "./prepare-picture.js";
import { printText } from "./terminal.js";
import { openWeights, putWeights, type WeightsFile } from "./weights-file.js";

interface PredictCommandOptions {
  readonly weights?: string;
  readonly recipe: string;
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** How many of the likeliest classes are told. */
const TOLD = 3;

export function predictCommand(): Command {
  const command = new Command("predict")
    .argument("<IMAGE...>", "PNG or JPEG files, of any size")
    .option(
      "--weights <FILE|RUN>",
      "weights: a safetensors file, a checkpoint, or the folder that train --out kept",
    )
    .addOption(recipeOption("whose network the weights are, where their file does not say it"))
    .option("--raw", "take the pictures as they are, in the size that the network takes")
    .addOption(jsonOption())
    .action(runPredict);
  addHelp(
    command,
    "A digit is prepared as MNIST's were: bright on black, in a box of 20 × 20 pixels, its " +
      "centre of mass in the middle of 28 × 28. Networks of other pictures see the middle of " +
      "yours at their size.",
    0,
  );
  return command;
}

async function runPredict(
  images: readonly string[],
  { weights, recipe, raw = false, json = false }: PredictCommandOptions,
): Promise<void> {
  if (weights === undefined)
    reject("predict", "--weights FILE or RUN", "none", "leibniz train --out run makes a run");
  const classifier = readClassifier(openWeights(weights), recipe);
  for (const path of images) {
    const picture = await decodePicture(readFile(path), path);
    const prepared = preparePicture(picture, classifier, raw, shownPath(path));
    const top = await classify(classifier, prepared, shownPath(path));
    if (json) printJson({ image: path, guess: top[0]!.name, top, prepared: prepared.steps });
    else {
      const [first, ...others] = top.map(
        ({ name, probability }) => `${name} (${percent(probability)})`,
      );
      const rest = others.length === 0 ? "" : `, then ${others.join(", ")}`;
      printText(printable(`${path}: ${first}${rest}\n  ${prepared.steps}`), 2);
    }
  }
}

interface Classifier {
  readonly network: Sequential;
  readonly shape: ImageShape;
  readonly names: readonly string[];
}

function readClassifier(weights: WeightsFile, recipe: string): Classifier {
  const { path, file } = weights;
  const network = networkIn(weights, recipe);
  const { input = [] } = network.description!;
  const [channels, height, width] = input as [number, number, number];
  if (input.length !== 3 || (channels !== 1 && channels !== 3))
    reject(path, "a network for gray or RGB images, [C, H, W]", `one for [${input.join(", ")}]`);
  const classes = outputsOf(network.description!);
  const names = classNamesIn(file, path) ?? numbersAsNames(classes ?? 0);
  return { network, shape: [channels, height, width], names };
}

/** The network that a file describes; where it describes none, the recipe's with its weights. */
function networkIn(weights: WeightsFile, recipe: string): Sequential {
  const { path, file } = weights;
  if (readDescription(file, path) !== null) return networkOf(file, path);
  const network = recipeNetwork(chooseRecipe(recipe), reference);
  putWeights(network, weights);
  return network;
}

interface Guess {
  readonly name: string;
  readonly probability: number;
}

/** The likeliest classes, likeliest first. */
async function classify(
  { network, shape: [channels, height, width], names }: Classifier,
  { pixels }: Prepared,
  where: string,
): Promise<readonly Guess[]> {
  const images = { count: 1, channels, height, width, pixels };
  const { x } = makeBatch({ images, labels: Uint8Array.of(0) }, [0]);
  const pass = { backend: reference, mode: "evaluate", record: false } as const;
  const { out } = await network.forward(x, pass);
  if (!out.data.every(Number.isFinite))
    reject(
      where,
      "finite outputs of the network",
      "others",
      await whereNotFinite(network, x, pass, [0]),
    );
  const { out: probabilities } = await softmaxForward(out.astype("float64"));
  return Array.from(probabilities.data, (probability, n) => ({
    name: names[n] ?? String(n),
    probability,
  }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOLD);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `leibniz show`: one picture's way through a network, forward and backward. */
import { Command } from "commander";
import { decodePicture, type ImageSet, type ImageShape, shownPath } from "../data/index.js";
import { reference } from "../kernels/index.js";
import {
  imageAsText,
  imagePage,
  type ImageView,
  layerNumbers,
  type Viewer,
  viewImage,
} from "../report/index.js";
import { formatNumber, formatPercent } from "../figures/index.js";
import { reject } from "../tensor/index.js";
import { recipeNetwork } from "../training/index.js";
import { checkCanWrite, readFile, writeFileWhole } from "./files.js";
import { didYouMean } from "./nearest.js";
import { dataOption, jsonOption, printable, printJson } from "./options.js";
import { checkIsOurs } from "./our-page.js";
import { preparePicture } from "./prepare-picture.js";
import { classNamesOf, dataOf, type KeptRun, openRun } from "./reported-run.js";
import { formatTable } from "./table.js";
import { printText, widthOf } from "./terminal.js";
import { openWeights, putWeights } from "./weights-file.js";

interface ShowCommandOptions {
  readonly label?: string;
  readonly raw?: boolean;
  readonly out?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** Classes that are printed. */
const TOLD = 5;

export function showCommand(): Command {
  return new Command("show")
    .argument("<RUN>", "folder as train --out keeps it")
    .argument("<IMAGE|INDEX>", "a PNG or JPEG file, or the number of a test image, from 0")
    .option("--label <NAME>", "what an own picture shows (default: what it is taken for)")
    .option("--raw", "take an own picture as it is, in the size that the network takes")
    .option("--out <FILE.html>", "write a page with all maps and gradients")
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(runShow);
}

async function runShow(folder: string, what: string, options: ShowCommandOptions): Promise<void> {
  const { out } = options;
  if (out !== undefined) {
    checkIsOurs(out);
    checkCanWrite(out);
  }
  const run = openRun(folder, "show");
  const network = recipeNetwork(run.recipe, reference);
  putWeights(network, openWeights(folder));
  const viewer: Viewer = { recipe: run.recipe, network, classNames: classNamesOf(run.recipe) };
  const { name, ...given } = /^[-+]?[\d.]+$/.test(what)
    ? await testImage(run, Number(what), options)
    : await ownPicture(viewer, what, options);
  const view = await viewImage(viewer, name, given);
  if (out !== undefined) writeFileWhole(out, imagePage(viewer, view));
  if (options.json === true) printJson(jsonOf(viewer, view));
  else printText(printable(textOf(viewer, view, out)), 2);
}

interface Given {
  readonly name: string;
  readonly images: ImageSet;
  readonly label: number | null;
}

async function testImage(
  run: KeptRun,
  index: number,
  { label, raw, data: folder }: ShowCommandOptions,
): Promise<Given> {
  if (label !== undefined || raw === true)
    reject("show", "--label and --raw along with an own picture", `test image ${index}`);
  const { test } = await dataOf(run, folder);
  const { count, channels = 1, height, width, pixels } = test.images;
  if (!(Number.isInteger(index) && index >= 0 && index < count))
    reject("show", `a test image from 0 to ${count - 1}`, String(index));
  const size = channels * height * width;
  const own = pixels.subarray(index * size, (index + 1) * size);
  const images = { count: 1, channels, height, width, pixels: own };
  return { name: `test image ${index}`, images, label: test.labels[index]! };
}

async function ownPicture(
  { recipe, classNames }: Viewer,
  path: string,
  { label, raw = false }: ShowCommandOptions,
): Promise<Given> {
  const shape = recipe.network.input as ImageShape;
  const name = shownPath(path);
  const picture = await decodePicture(readFile(path), path);
  const prepared = preparePicture(picture, { shape, names: classNames }, raw, name);
  const [channels, height, width] = shape;
  const found = label === undefined ? null : classNames.indexOf(label);
  if (found !== null && found < 0)
    reject(
      "--label",
      `one of ${classNames.slice(0, 20).join(", ")}`,
      JSON.stringify(label),
      didYouMean(label!, classNames),
    );
  const images = { count: 1, channels, height, width, pixels: prepared.pixels };
  return { name, images, label: found };
}

/** Classes with their probabilities, the likeliest first. */
function likeliest({ classNames }: Viewer, { probabilities }: ImageView): [string, number][] {
  return Array.from(probabilities, (p, c): [string, number] => [
    classNames[c] ?? String(c),
    p,
  ]).sort((a, b) => b[1] - a[1]);
}

function jsonOf(viewer: Viewer, view: ImageView): object {
  const { name, guess, label, isKnown } = view;
  const nameOf = (c: number): string => viewer.classNames[c] ?? String(c);
  return {
    image: name,
    guess: nameOf(guess),
    label: isKnown ? nameOf(label) : null,
    probabilities: Object.fromEntries(likeliest(viewer, view)),
    layers: layerNumbers(view),
  };
}

function textOf(viewer: Viewer, view: ImageView, out: string | undefined): string {
  const { name, guess, label, isKnown } = view;
  const nameOf = (c: number): string => viewer.classNames[c] ?? String(c);
  const verdict = guess === label ? ", which it is" : `, but is ${nameOf(label)}`;
  const truth = isKnown ? verdict : "";
  const told = likeliest(viewer, view)
    .slice(0, TOLD)
    .map(([one, p]) => `${one} (${formatPercent(p)})`);
  const rows = layerNumbers(view).map((layer) => [
    ...[layer.name, layer.kind, layer.shape.join("×")],
    `${formatNumber(layer.least)} to ${formatNumber(layer.largest)}`,
    ...[formatPercent(layer.zeros), formatNumber(layer.gradientNorm)],
  ]);
  const head = ["layer", "kind", "output", "from … to", "zeros", "‖gradient‖"];
  const width = widthOf(process.stdout);
  const picture = imageAsText(view, width);
  const isBeside = picture === imageAsText(view);
  return [
    `${name}: taken for ${nameOf(guess)}${truth}`,
    `  ${told.join(", ")}`,
    "",
    picture,
    "",
    `${isBeside ? "to the right" : "below it"}: where more light speaks for ${nameOf(guess)} ` +
      `(+), and where against it (−)`,
    "",
    formatTable(head, rows, width, "left"),
    "",
    `‖gradient‖: of the loss for ${nameOf(label)}, with respect to what the layer returns`,
    ...(out === undefined ? [] : [`written: ${out}`]),
  ].join("\n");
}

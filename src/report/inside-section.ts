/** What the layers make of an image, what the loss tells them, and where the network looks. */
import {
  barChart,
  element,
  escape,
  type Picture,
  pictures,
  type Section,
} from "../figures/index.js";
import type { Tensor } from "../tensor/index.js";
import { Inside, type LayerView } from "./inside.js";
import { worstMistakes } from "./mistakes.js";
import type { Predictions } from "./predictions.js";
import type { ReportedRun } from "./run.js";
import { CARD_WIDTH, cards, likelihood, paragraph } from "./section.js";
import { imageOf, sumOfChannels, thumbnail } from "./thumbnails.js";

/** Maps of a layer that are drawn. */
const MOST_MAPS = 12;
/** Layers that are drawn, from the image on. */
const MOST_LAYERS = 10;
/** Pixels of the longer side of a map that are kept: hundreds of maps are in one page. */
const MAP_PIXELS = 32;
/** Numbers of a layer without maps that are drawn as a picture. */
const MOST_NUMBERS = 1024;
/** Images whose gradient is shown. */
const LOOKED_AT = 8;

interface Sample {
  readonly index: number;
  readonly label: number;
  readonly guess: number;
}

/** How an image is shown. */
interface Shown {
  readonly name: string;
  /** Whether somebody has said what it shows; true if left out. */
  readonly isKnown?: boolean;
  /** Whether all of it is, before somebody asks for it. */
  readonly isOpen: boolean;
}

/** Images that were guessed right, each of another class, and the worst mistakes. */
function samplesOf(run: ReportedRun, predictions: Predictions): readonly Sample[] {
  const { guesses, labels, count } = predictions;
  const right = new Map<number, Sample>();
  for (let n = 0; n < count && right.size < LOOKED_AT / 2; n++)
    if (guesses[n] === labels[n] && !right.has(labels[n]!))
      right.set(labels[n]!, { index: n, label: labels[n]!, guess: labels[n]! });
  return [...right.values(), ...worstMistakes(predictions, run, LOOKED_AT - right.size)];
}

/** Where a network looks: the gradient of the class that it chose by the image. */
export async function looksSection(run: ReportedRun, predictions: Predictions): Promise<Section> {
  const inside = new Inside(run.recipe, run.network);
  const samples = samplesOf(run, predictions);
  const name = (c: number): string => run.classNames[c] ?? String(c);
  const said = ({ label, guess }: Sample): string =>
    label === guess ? name(label) : `${name(label)}, taken for ${name(guess)}`;
  const gradients: Picture[] = [];
  for (const sample of samples)
    gradients.push(
      sumOfChannels(await inside.saliency(run.test, sample.index, sample.guess), said(sample)),
    );
  return {
    id: "looks",
    heading: "Where it looks",
    body: [
      paragraph(
        "The gradient of the output that won, by each pixel: where it is orange, more light " +
          "speaks for the class; where it is blue, against it. In colour images, the " +
          "channels are added up.",
      ),
      cards([
        {
          heading: "Test images",
          figure: pictures({
            title: "Test images",
            description: "Images that were guessed right, and some that were not.",
            width: CARD_WIDTH,
            kind: "light",
            size: 76,
            pictures: samples.map((sample) => imageOf(run.test, sample.index, said(sample))),
          }),
        },
        {
          heading: "Gradient of the winning output by the image",
          figure: pictures({
            title: "Gradients by the image",
            description: "For each image, which pixels speak for the class and which against it.",
            width: CARD_WIDTH,
            kind: "signed",
            size: 76,
            pictures: gradients,
          }),
        },
      ]),
    ],
  };
}

/** Feature maps and gradients of one image that was guessed right, and of the worst mistake. */
export async function layersSection(run: ReportedRun, predictions: Predictions): Promise<Section> {
  const samples = samplesOf(run, predictions);
  const mistake = samples.find(({ label, guess }) => label !== guess);
  const chosen = [samples.find(({ label, guess }) => label === guess), mistake];
  const inside = new Inside(run.recipe, run.network);
  const body = [
    paragraph(
      "The output of each layer for an image, and the gradient of that image's loss with " +
        "respect to it: forward on the left, backward on the right. Of layers with many maps, " +
        `the first ${MOST_MAPS}. The surer a right guess is, the smaller are its gradients; the ` +
        "numbers below the pictures say how small.",
    ),
  ];
  for (const sample of chosen) {
    if (sample === undefined) continue;
    const { layers } = await inside.look(run.test, sample.index);
    const name = `Test image ${sample.index}`;
    const isOpen = sample.label === sample.guess;
    body.push(oneImage(run, predictions, { name, isOpen, ...sample }, layers));
  }
  return { id: "layers", heading: "Layer by layer", body };
}

/** All layers of one image, to be opened. */
export function oneImage(
  { test, classNames }: Pick<ReportedRun, "test" | "classNames">,
  { probabilities, classes }: Pick<Predictions, "probabilities" | "classes">,
  { name: what, index, label, guess, isKnown = true, isOpen }: Sample & Shown,
  layers: readonly LayerView[],
): string {
  const name = (c: number): string => classNames[c] ?? String(c);
  const verdict = label === guess && isKnown ? "guessed right" : `taken for ${name(guess)}`;
  const heading = isKnown ? `${what}: ${name(label)}, ${verdict}` : `${what}: ${verdict}`;
  const own = Array.from(probabilities.subarray(index * classes, (index + 1) * classes));
  const likely = own.map((p, c) => ({ p, c })).sort((a, b) => b.p - a.p || a.c - b.c);
  const bars = likely.slice(0, 10).map(({ p, c }) => ({
    ...{ name: name(c), values: [p], text: likelihood(p) },
  }));
  const start = cards([
    {
      heading: "The image",
      figure: pictures({
        title: heading,
        description: "The image as the network is given it.",
        ...{ width: CARD_WIDTH, kind: "light", size: 140 },
        pictures: [imageOf(test, index, "")],
      }),
    },
    {
      heading: "What the network says",
      figure: barChart({
        title: "Probabilities",
        description: `The likeliest: ${name(likely[0]!.c)}, ${likelihood(likely[0]!.p)}.`,
        width: CARD_WIDTH,
        x: { label: "probability", format: "percent", domain: [0, 1] },
        parts: [""],
        bars,
      }),
    },
  ]);
  // flatten returns the same numbers once more
  const shown = layers.filter(({ kind }) => kind !== "flatten").slice(0, MOST_LAYERS);
  const rows = shown.flatMap(({ name: layer, kind, out, dOut }) => {
    const forward = view(out, `${layer} returns`, false);
    const backward = view(dOut, `gradient by ${layer}`, true);
    if (forward === null || backward === null) return [];
    const shape = out.shape.slice(1).join(" × ");
    return [
      { heading: `${layer}, ${kind}, ${shape}`, figure: forward },
      { heading: `Gradient with respect to the output of ${layer}`, figure: backward },
    ];
  });
  const rest =
    shown.length < layers.filter(({ kind }) => kind !== "flatten").length
      ? paragraph(`Later layers are left out.`)
      : "";
  return element("details", { open: isOpen ? "open" : null }, [
    element("summary", {}, escape(heading)),
    start,
    rows.length === 0 ? "" : cards(rows),
    rest,
  ]);
}

/** Maps [1, C, H, W] as pictures, numbers [1, F] as one picture; null for what is neither. */
function view(tensor: Tensor, title: string, isGradient: boolean): string | null {
  const { shape, data } = tensor.contiguous();
  const all = shape.length === 4 ? mapsOf(shape, data) : numbersIn(shape, data);
  if (all === null) return null;
  const isSigned = isGradient || all.some(({ values }) => Array.from(values).some((v) => v < 0));
  const range = shape.length === 4 ? "shared" : "own";
  return pictures({
    title,
    description: isGradient
      ? "The gradient of the loss, one picture for each map."
      : "What the layer returns, one picture for each map.",
    width: CARD_WIDTH,
    kind: isSigned ? "signed" : "amount",
    range,
    size: shape.length === 4 ? 48 : 320,
    pictures: all,
  });
}

function mapsOf(shape: readonly number[], data: ArrayLike<number>): Picture[] {
  const [, channels, height, width] = shape as [number, number, number, number];
  const size = height * width;
  return Array.from({ length: Math.min(MOST_MAPS, channels) }, (_, c) =>
    thumbnail(
      {
        caption: String(c),
        shape: [height, width],
        values: Array.prototype.slice.call(data, c * size, (c + 1) * size) as number[],
      },
      MAP_PIXELS,
    ),
  );
}

/** In rows of as many as divide them, at most 32. */
function numbersIn(shape: readonly number[], data: ArrayLike<number>): Picture[] | null {
  const count = shape.at(-1)!;
  if (shape.length !== 2 || count > MOST_NUMBERS) return null;
  let columns = Math.min(32, count);
  while (count % columns !== 0) columns--;
  if (columns === 1 && count > 32) return null; // a prime number of them
  const rows = count / columns;
  const caption = rows === 1 ? `0 to ${count - 1}` : `0 to ${count - 1}, in rows of ${columns}`;
  return [{ caption, shape: [rows, columns], values: data }];
}

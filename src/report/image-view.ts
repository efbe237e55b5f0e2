/** One picture's way through a network, as numbers, as text, and as a page. */
import { contents, element, escape, htmlPage, pictures, section } from "../figures/index.js";
import type { LabelledImages } from "../data/index.js";
import { reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { Inside, type LayerView } from "./inside.js";
import { oneImage } from "./inside-section.js";
import { pixelsOf } from "./mistakes.js";
import { type Predictions, predictAll } from "./predictions.js";
import type { ReportedRun } from "./run.js";
import { CARD_WIDTH, cards, counted, likelihood, paragraph } from "./section.js";
import { imageOf, sumOfChannels, thumbnail } from "./thumbnails.js";

/** A network, and what its classes are called. */
export type Viewer = Pick<ReportedRun, "recipe" | "network" | "classNames">;

/** What a network makes of one picture, and how it comes to that. */
export interface ImageView {
  /** What it is called: `test image 3`, `photo.jpg`. */
  readonly name: string;
  /** The picture alone, with the label that the loss was taken for. */
  readonly image: LabelledImages;
  /** The class that the loss was taken for, from 0. */
  readonly label: number;
  /** Whether that is what it shows; else only what the network takes it for. */
  readonly isKnown: boolean;
  /** The class of the largest output. */
  readonly guess: number;
  /** Of each class: the softmax of the outputs. */
  readonly probabilities: Float64Array;
  /** Outputs and gradients, layer by layer. */
  readonly layers: readonly LayerView[];
  /** The gradient of the winning output by the picture, [1, C, H, W]. */
  readonly saliency: Tensor;
}

/**
 * Runs one picture forward and backward, on the reference backend, in evaluation.
 *
 * @param name what it is called on the page
 * @param given one picture; a label of null stands for what the network takes it for
 * @throws InputError when an output is not finite
 */
export async function viewImage(
  { recipe, network, classNames }: Viewer,
  name: string,
  given: { readonly images: LabelledImages["images"]; readonly label: number | null },
): Promise<ImageView> {
  const labelled = (label: number): LabelledImages => ({
    images: given.images,
    labels: Uint16Array.of(label),
  });
  const run = { recipe, network, classNames, backend: reference, test: labelled(given.label ?? 0) };
  const { guesses, probabilities } = await predictAll(run);
  const [guess] = guesses as unknown as [number];
  const label = given.label ?? guess;
  const [image, inside] = [labelled(label), new Inside(recipe, network)];
  const { layers } = await inside.look(image, 0);
  const saliency = await inside.saliency(image, 0, guess);
  const isKnown = given.label !== null;
  return { name, image, label, isKnown, guess, probabilities, layers, saliency };
}

/** A layer's output and the gradient that reaches it, in a few numbers. */
export interface LayerNumbers {
  /** As in {@link LayerView}. */
  readonly name: string;
  /** As in {@link LayerView}. */
  readonly kind: string;
  /** Of what it returns, without N. */
  readonly shape: readonly number[];
  /** The smallest number that it returns. */
  readonly least: number;
  /** The largest number that it returns. */
  readonly largest: number;
  /** The share of zeros, from 0 to 1. */
  readonly zeros: number;
  /** The length of the gradient of the loss by what it returns. */
  readonly gradientNorm: number;
}

/** A row for each layer, in order. */
export function layerNumbers({ layers }: ImageView): readonly LayerNumbers[] {
  return layers.map(({ name, kind, out, dOut }) => {
    const [own, gradient] = [out.contiguous().data, dOut.contiguous().data];
    let [least, largest, zeros, squares] = [Infinity, -Infinity, 0, 0];
    for (let i = 0; i < own.length; i++) {
      const value = own[i]!;
      [least, largest] = [Math.min(least, value), Math.max(largest, value)];
      if (value === 0) zeros++;
    }
    for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
    const shape = out.shape.slice(1);
    const gradientNorm = Math.sqrt(squares);
    return { name, kind, shape, least, largest, zeros: zeros / own.length, gradientNorm };
  });
}

/** From black to white. */
const SHADES = " .:-=+*#%@";
/** Characters in a line of one picture, and between two. */
const [COLUMNS, BETWEEN] = [40, 4];

/**
 * The picture in shades of text, and beside it the gradient of the winning output: where more light
 * speaks for it (+) and where against it (−). A letter is as high as two pixels.
 *
 * @param mostColumns of a line; where both take more, the gradient stands below
 */
export function imageAsText({ image, saliency }: ImageView, mostColumns = Infinity): string {
  const { channels = 1, height, width } = image.images;
  const light = new Float64Array(height * width);
  pixelsOf(image, 0).forEach((byte, i) => (light[i % light.length]! += byte / 255 / channels));
  const gradient = sumOfChannels(saliency, "");
  const [shown, signed] = [{ caption: "", shape: [height, width], values: light }, gradient].map(
    (picture) => halved(thumbnail(picture, COLUMNS)),
  );
  const strongest = signed!.reduce(
    (most, row) => row.reduce((a, b) => Math.max(a, Math.abs(b)), most),
    0,
  );
  const shade = (value: number): string =>
    SHADES[Math.min(SHADES.length - 1, Math.floor(value * SHADES.length))]!;
  const sign = (value: number): string =>
    Math.abs(value) < 0.2 * strongest || strongest === 0 ? "." : value > 0 ? "+" : "−";
  const [left, right] = [
    shown!.map((row) => row.map(shade).join("")),
    signed!.map((row) => row.map(sign).join("")),
  ];
  const isBeside = left[0]!.length + BETWEEN + right[0]!.length <= mostColumns;
  const beside = left.map((row, r) => row + " ".repeat(BETWEEN) + right[r]!);
  return (isBeside ? beside : [...left, "", ...right]).join("\n");
}

/** Rows of means of two rows of pixels each. */
function halved({ shape, values }: ReturnType<typeof thumbnail>): number[][] {
  const [height, width] = shape.slice(-2) as [number, number];
  return Array.from({ length: Math.ceil(height / 2) }, (_, r) =>
    Array.from({ length: width }, (__, c) => {
      const upper = values[2 * r * width + c]!;
      const lower = 2 * r + 1 < height ? values[(2 * r + 1) * width + c]! : upper;
      return (upper + lower) / 2;
    }),
  );
}

/**
 * The page of one picture, as HTML: what it is taken for, where the network looks, and what each
 * layer makes of it.
 */
export function imagePage(viewer: Viewer, view: ImageView): string {
  const { classNames } = viewer;
  const { image, label, isKnown, guess, probabilities, saliency, layers } = view;
  const name = view.name.replace(/^test image (?=\d+$)/, "Test image ");
  const classOf = (c: number): string => classNames[c] ?? String(c);
  const chance = likelihood(probabilities[guess]!);
  const truth =
    guess === label
      ? ", which it is"
      : `; it is ${classOf(label)}, ${likelihood(probabilities[label]!)}`;
  const lead = `Taken for ${classOf(guess)} (${chance})${isKnown ? truth : ""}.`;
  const predictions: Pick<Predictions, "probabilities" | "classes"> = {
    probabilities,
    classes: classNames.length,
  };
  const sections = [
    {
      id: "looks",
      heading: "Where it looks",
      body: [
        paragraph(
          "The gradient of the output that won, by each pixel: where it is orange, more light " +
            "speaks for the class; where it is blue, against it.",
        ),
        cards([
          {
            heading: "The picture",
            figure: pictures({
              ...{ title: name, description: "The picture as the network is given it." },
              ...{ width: CARD_WIDTH, kind: "light", size: 280 },
              pictures: [imageOf(image, 0, "")],
            }),
          },
          {
            heading: `Gradient of ${classOf(guess)} by the picture`,
            figure: pictures({
              title: "Gradient by the picture",
              description: "Which pixels speak for the class, and which against it.",
              ...{ width: CARD_WIDTH, kind: "signed", size: 280 },
              pictures: [sumOfChannels(saliency, "")],
            }),
          },
        ]),
      ],
    },
    {
      id: "layers",
      heading: "Layer by layer",
      body: [
        paragraph(
          `The outputs of ${counted(layers.length, "layer")}, and next to each the gradient of ` +
            `the loss with respect to it, for the class ${classOf(label)}.`,
        ),
        oneImage(
          { test: image, classNames },
          predictions,
          { name, index: 0, label, guess, isKnown, isOpen: true },
          layers,
        ),
      ],
    },
  ];
  return htmlPage({
    title: name,
    body: [
      element("header", {}, [
        element("h1", {}, escape(name)),
        element("p", { class: "lead" }, escape(lead)),
      ]),
      contents(sections),
      element("main", {}, sections.map(section)),
    ],
  });
}

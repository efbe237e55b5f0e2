/** What the first convolutions look for, before training and after. */
import { everyLayer } from "../backprop/index.js";
import { type Picture, pictures, type Section } from "../figures/index.js";
import type { Sequential } from "../network/index.js";
import type { Tensor } from "../tensor/index.js";
import type { ReportedRun } from "./run.js";
import { CARD_WIDTH, cards, paragraph } from "./section.js";
import { thumbnail } from "./thumbnails.js";

/** Filters that are drawn of each convolution. */
const MOST = 32;
const COLOURS = ["red", "green", "blue"];

export function filtersSection({ network, initial }: ReportedRun): Section {
  const heading = { id: "filters", heading: "Filters" };
  const names = everyLayer(network.layers)
    .filter(({ layer }) => layer.kind === "conv2d")
    .slice(0, 2)
    .map(({ name }) => name);
  if (names.length === 0)
    return { ...heading, body: [paragraph("Left out: this network has no convolution.")] };
  const drawn = names.flatMap((name) => {
    const trained = weightOf(network, name);
    const [filters, channels] = trained.shape as [number, number];
    const what = `${name}: ${filters} filters over ${channels} channel${channels === 1 ? "" : "s"}`;
    const before =
      typeof initial === "string"
        ? []
        : [{ heading: `${what}, before training`, figure: draw(weightOf(initial, name), name) }];
    return [...before, { heading: `${what}, after`, figure: draw(trained, name) }];
  });
  return {
    ...heading,
    body: [
      paragraph(
        "Each filter as a picture of its weights, all of a layer with one range. Where a filter " +
          "has several channels, each is a picture of its own.",
      ),
      ...(typeof initial === "string" ? [paragraph(`Before training: left out, ${initial}.`)] : []),
      cards(drawn),
    ],
  };
}

function weightOf({ parameters }: Sequential, layer: string): Tensor {
  return parameters.find(({ name }) => name === `${layer}.weight`)!.parameter.value.contiguous();
}

function draw({ shape, data }: Tensor, layer: string): string {
  const [filters, channels, height, width] = shape as [number, number, number, number];
  const all = Array.from({ length: Math.min(MOST, filters * channels) }, (_, i): Picture => {
    const [k, c] = [Math.floor(i / channels), i % channels];
    const from = i * height * width;
    const channel = channels === 3 ? COLOURS[c] : String(c);
    return thumbnail({
      caption: channels === 1 ? String(k) : `${k} ← ${channel}`,
      shape: [height, width],
      values: data.slice(from, from + height * width),
    });
  });
  const cut = all.length < filters * channels ? `; the first ${all.length} pictures` : "";
  return pictures({
    title: `Filters of ${layer}`,
    description: `Weights of ${filters} filters of ${height} × ${width} pixels${cut}.`,
    width: CARD_WIDTH,
    kind: "signed",
    range: "shared",
    size: 48,
    pictures: all,
  });
}

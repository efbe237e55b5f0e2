/**
 * The home page: what this is, a digit on its way through a network, and three doors. The network's
 * numbers are the engine's: `site/home/record.mjs` has trained it.
 */
import { readFileSync } from "node:fs";
import { encode } from "fast-png";
import { open } from "leibniz";
import { Tensor } from "leibniz/tensor";
import { escaped } from "./html.mjs";
import { formula } from "./formula.mjs";
import { linkTo } from "./places.mjs";
import { shell } from "./shell.mjs";

const path = "index.html";
/** The digit that is shown. */
const SHOWN = 4;
/** The colour of a pixel; how strong it is, is in its opacity, so that it fits light and dark. */
const INK = [0x1f, 0x77, 0xb4];
const GAP = 2;

const recorded = (name) => readFileSync(new URL(`../home/${name}`, import.meta.url));

/** What the network says of each digit, layer by layer. */
async function runAll() {
  const engine = await open({ seed: 0, backend: "reference" });
  const network = engine.loadNetwork(recorded("network.safetensors"), "network.safetensors");
  const digits = JSON.parse(recorded("digits.json").toString());
  const runs = [];
  for (const { pixels } of digits) runs.push(await run(engine, network, pixels));
  await engine.dispose();
  return runs;
}

async function run(engine, network, pixels) {
  const x = Tensor.from(
    Array.from(Buffer.from(pixels, "base64"), (value) => value / 255),
    [1, 1, 28, 28],
  );
  const outputs = new Map([["image", x]]);
  const observe = (name, out) => outputs.set(name, out);
  await network.forward(x, { backend: engine.backend, mode: "evaluate", observe });
  const logits = Array.from(outputs.get("classes").data);
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return { outputs, probabilities: powers.map((power) => power / total) };
}

/** The channels of a picture, three in a row, as PNG: the larger a number, the stronger. */
function pixels(tensor) {
  const [, channels, height, width] = tensor.shape;
  const columns = Math.min(3, channels);
  const extent = (size, count) => size * count + GAP * (count - 1);
  const [across, down] = [extent(width, columns), extent(height, Math.ceil(channels / columns))];
  const data = new Uint8Array(across * down * 4);
  const numbers = Array.from(tensor.data);
  const largest = Math.max(...numbers);
  for (let c = 0; c < channels; c++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++) {
        const value = Math.max(0, numbers[(c * height + h) * width + w]) / largest;
        const row = Math.floor(c / columns) * (height + GAP) + h;
        const column = (c % columns) * (width + GAP) + w;
        data.set([...INK, Math.round(255 * value)], (row * across + column) * 4);
      }
  return {
    png: encode({ width: across, height: down, data, channels: 4 }),
    width: across,
    height: down,
  };
}

/** The stages of the way: the layer whose output is shown, and what is said of it. */
const STAGES = [
  ["image", 6, "28 × 28 pixels", "of a digit that the network has never seen"],
  ["relu", 3, "six filters", "of 5 × 5 weights, and the rectifier"],
  ["pool", 6, "max pooling", "keeps the largest of each 2 × 2"],
];

/** The home page; its pictures go to `site.picture`. */
export async function homePage(site) {
  const runs = await runAll();
  const ways = runs.map((one, digit) => way(site, one, digit));
  return shell({
    path,
    kind: "home",
    name: "home",
    title: "leibniz: a convolutional network, every gradient derived by hand",
    description:
      "A convolutional neural network engine from scratch in TypeScript: each gradient derived " +
      "by hand, computed by code that repeats the equations, and proved by running them.",
    main: `<h1>Every gradient, by hand</h1>
<p class="lead">A convolutional neural network from scratch: derived equation by equation, each the
line of code that computes it, each proved by running it. No autograd, and no framework
underneath.</p>
<figure class="network">
${ways.join("\n")}
<figcaption>A test image of MNIST on its way through a network of 8,806 weights, in the engine's own
numbers.</figcaption>
<fieldset class="digits"><legend>Another digit</legend>
${runs.map((_, digit) => choice(digit)).join("\n")}
</fieldset>
</figure>
<div class="doors">
${doors()}
</div>
${proof(site)}`,
    course: site.chapters,
  });
}

/** One digit's way through the network, stage by stage. */
function way(site, { outputs, probabilities }, digit) {
  const stages = STAGES.map(([name, scale, title, words]) => {
    const { png, width, height } = pixels(outputs.get(name));
    const place = `figures/home/${digit}-${name}.png`;
    site.picture(place, png);
    const extent = `width="${width * scale}" height="${height * scale}"`;
    return `<li class="stage">
<img class="pixels" src="${place}" ${extent} loading="lazy"
alt="${name === "image" ? `A handwritten ${digit}` : ""}">
<p><b>${title}</b> ${words}</p>
</li>`;
  });
  const said = probabilities.indexOf(Math.max(...probabilities));
  const percent = (100 * probabilities[said]).toFixed(1);
  const verdict = said === digit ? `a ${said}` : `a ${said}, wrongly`;
  return `<ol class="stages" data-digit="${digit}">
${stages.join("\n")}
<li class="stage">
${bars(probabilities, said)}
<p><b>ten sums</b> and their shares: ${verdict}, ${percent} %</p>
</li>
</ol>`;
}

/** The switch that shows a digit; the style sheet does it, without script. */
const choice = (digit) =>
  `<label><input type="radio" name="digit" id="digit-${digit}"` +
  `${digit === SHOWN ? " checked" : ""}>${digit}</label>`;

/** The ten probabilities, as bars. */
function bars(probabilities, said) {
  const rows = probabilities.map((probability, digit) => {
    const [y, kind] = [digit * 16, digit === said ? ' class="said"' : ""];
    const width = Math.max(0.75, 110 * probability).toFixed(2);
    const bar = `<rect x="18" y="${y + 2}" width="${width}" height="12"/>`;
    return `<g${kind}><text x="0" y="${y + 13}">${digit}</text>${bar}</g>`;
  });
  return `<svg class="bars" width="132" height="164" viewBox="0 0 132 164"
preserveAspectRatio="xMinYMid" role="img"
aria-label="Of the digits 0 to 9, ${said} is the most probable">${rows.join("")}</svg>`;
}

const doors = () =>
  [
    [
      "chapters/notation.html",
      "Read",
      "27 chapters, from what a letter means to the last gradient",
    ],
    ["chapters/conv2d-gradients.html", "Prove", "run any equation in the page, or break it"],
    ["exercises.html", "Train", "write a backward pass yourself; the checker names your mistake"],
  ]
    .map(
      ([place, word, says]) =>
        `<a class="door" href="${linkTo(path, place)}"><b>${word}</b> ${says}</a>`,
    )
    .join("\n");

/** One equation and the line that computes it. */
function proof(site) {
  const tag = "conv2d.7";
  const place = site.tags.get(tag);
  const [, tex] = new RegExp(`\\$\\$\\n([^$]*)\\n\\\\tag\\{${tag}\\}`).exec(
    site.chapters.find(({ path: page }) => place.startsWith(page)).text,
  );
  return `<section class="part proof">
<h2>An equation is a line of code</h2>
<div class="pair">
<div class="step"><div class="equation" data-tag="${tag}">
<div class="formula">${formula(tex, true)}</div>
<a class="tag" href="${escaped(place)}">(${tag})</a>
</div></div>
${site.code.linesHtml(tag, path).replaceAll('href="#', `href="${place.split("#")[0]}#`)}</div>
</section>`;
}

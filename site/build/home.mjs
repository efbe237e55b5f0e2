/**
 * The home page: what this is, a digit on its way through a network, and four doors. The network's
 * numbers are the engine's: `site/home/record.mjs` has trained it.
 */
import { readFileSync } from "node:fs";
import { encode } from "fast-png";
import { openHome } from "../home/run.mjs";
import { barOf, verdictOf } from "../home/shown.mjs";
import { escaped } from "./html.mjs";
import { formula } from "./formula.mjs";
import { linkTo } from "./places.mjs";
import { shell } from "./shell.mjs";

const path = "index.html";
/** The digit that is shown first, here and in home.css. */
const SHOWN = 4;

const recorded = (name) => readFileSync(new URL(`../home/${name}`, import.meta.url));

/** What the network says of each digit. */
async function runAll() {
  const run = openHome(recorded("network.safetensors"));
  const runs = [];
  for (const { pixels } of JSON.parse(recorded("digits.json").toString()))
    runs.push(await run(Array.from(Buffer.from(pixels, "base64"), (value) => value / 255)));
  return runs;
}

/** The stages of the way: the layer whose output is shown, how large, and what is said of it. */
const STAGES = [
  ["image", 6, "28 × 28 pixels", "that it has never seen"],
  ["relu", 3, "six filters", "of 5 × 5 weights, rectified"],
  ["pool", 6, "max pooling", "the largest of each 2 × 2"],
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
<p class="lead">A convolutional neural network from scratch. Each gradient is derived on paper, is a
line of code beside its equation, and is proved by running it. No autograd, no framework
underneath.</p>
<figure class="network">
${ways.join("\n")}
<div class="choose">
<fieldset class="digits"><legend>Another digit</legend>
${runs.map((_, digit) => choice(digit)).join("\n")}
</fieldset>
<button type="button" class="draw needs-script" data-action="draw">Draw your own</button>
</div>
<figcaption><span class="still">A test image of MNIST on its way through a network of 8,806 weights,
in the engine's own numbers.</span> <output class="live"></output></figcaption>
</figure>
<div class="doors">
${doors(site)}
</div>
${proof(site)}`,
    course: site.chapters,
    scripts: ["home"],
  });
}

/** One digit's way through the network, stage by stage. */
function way(site, { pictures, probabilities }, digit) {
  const stages = STAGES.map(([name, scale, title, words]) => {
    const { width, height, data } = pictures[name];
    const place = `figures/home/${digit}-${name}.png`;
    site.picture(place, encode({ width, height, data, channels: 4 }));
    const extent = `width="${width * scale}" height="${height * scale}"
data-layer="${name}" data-across="${width}" data-down="${height}"`;
    const alt = name === "image" ? `A handwritten ${digit}` : "";
    return `<li class="stage">
<img class="pixels" src="${place}" ${extent} loading="lazy"
alt="${alt}">
<p><b>${title}</b> ${words.replaceAll(" × ", "\u00a0×\u00a0")}</p>
</li>`;
  });
  const { said, words } = verdictOf(probabilities);
  return `<ol class="stages" data-digit="${digit}">
${stages.join("\n")}
<li class="stage">
${bars(probabilities, said)}
<p><b class="verdict">${words}</b> ${said === digit ? "" : "(wrong) "}ten sums, as shares</p>
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
    const bar = `<rect x="18" y="${y + 2}" width="${barOf(probability)}" height="12"/>`;
    return `<g${kind}><text x="0" y="${y + 13}">${digit}</text>${bar}</g>`;
  });
  return `<svg class="bars" width="132" height="164" viewBox="0 0 132 164"
preserveAspectRatio="xMinYMid" role="img"
aria-label="Of the digits 0 to 9, ${said} is the most probable">${rows.join("")}</svg>`;
}

const doors = (site) =>
  [
    [
      "chapters/notation.html",
      "Read",
      `${site.chapters.length} chapters, from what a letter means to the last gradient`,
    ],
    ["labs/index.html", "See", "watch every addend of a gradient, and change what you like"],
    ["chapters/conv2d-gradients.html", "Prove", "run any equation in the page, or break it"],
    ["exercises.html", "Train", "write a backward pass yourself; the checker names your mistake"],
  ]
    .map(
      ([place, word, says]) =>
        `<a class="door" href="${linkTo(path, place)}"><b>${word}</b> ${says}</a>`,
    )
    .join("\n");

/** One equation and the line that computes it; nothing, and a report, where it is gone. */
function proof(site) {
  const tag = "conv2d.7";
  const place = site.tags.get(tag);
  const text = site.chapters.find(({ path: page }) => place?.startsWith(page))?.text ?? "";
  const tex = new RegExp(`\\$\\$\\n([^$]*)\\n\\\\tag\\{${tag}\\}`).exec(text)?.[1];
  if (tex === undefined) {
    site.report(`site/build/home.mjs: expected an equation (${tag}) in a chapter, got none`);
    return "";
  }
  return `<section class="part proof">
<h2>An equation is a line of code</h2>
<div class="pair">
<div class="step"><div class="equation" data-tag="${tag}" tabindex="-1">
<div class="formula">${formula(tex, true)}</div>
<a class="tag" href="${escaped(place)}">(${tag})</a>
</div></div>
${site.code.linesHtml(tag, path).replaceAll('href="#', `href="${place.split("#")[0]}#`)}</div>
<p>The gradient of a convolution's weights, and the line that computes it.
On random tensors, ${escaped(site.recorded(tag))}.
<a href="${escaped(place)}">Run it yourself, or break it</a>.</p>
</section>`;
}

/** The style of the laboratories, with the colours of cells as the figures have them. */
import { join } from "node:path";
import { build } from "esbuild";
import { dark, light } from "../../dist/figures/index.js";
import { root } from "./places.mjs";

/** Of what comes back: purple above 0, green below it, from faint to strong. */
const GRADIENTS = {
  light: {
    plus: ["#f3eaf7", "#e3cfec", "#cda8dc", "#b383c8", "#7b3a97", "#551a6f"],
    minus: ["#e6f3e6", "#cbe7cc", "#a2d2a6", "#62ab69", "#257a3e", "#0d5226"],
  },
  dark: {
    plus: ["#2f2538", "#43304f", "#5c406d", "#9a72b1", "#b58fcb", "#d9bfe8"],
    minus: ["#1f2f24", "#274231", "#315940", "#559a68", "#79b988", "#b0e0ba"],
  },
};

const FIGURES = ({ right, wrong }) => ({ plus: wrong.slice(1), minus: right.slice(1) });

/** Relative luminance, and the contrast of two colours: WCAG 2.2. */
function luminance(color) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** What can be read best on a colour: the scheme's ink or its page. */
const inkOn = (color, { ink, page }) =>
  contrast(color, ink) >= contrast(color, page) ? ink : page;

function variables(scheme, gradients) {
  const kinds = { f: FIGURES(scheme), g: gradients };
  return Object.entries(kinds).flatMap(([kind, sides]) =>
    Object.entries(sides).flatMap(([side, colors]) =>
      colors.map((color, i) => {
        const name = `--${kind}-${side}-${i + 1}`;
        return `${name}:${color};${name}-ink:${inkOn(color, scheme)};`;
      }),
    ),
  );
}

function classes() {
  const names = Object.keys(GRADIENTS.light).flatMap((side) =>
    ["f", "g"].flatMap((kind) => [1, 2, 3, 4, 5, 6].map((step) => `${kind}-${side}-${step}`)),
  );
  return names
    .map((name) => `.${name}{background:var(--${name});color:var(--${name}-ink)}`)
    .join("");
}

export async function labStyles() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "site/labs/labs.css")],
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
    logLevel: "warning",
  });
  const day = variables(light, GRADIENTS.light).join("");
  const night = variables(dark, GRADIENTS.dark).join("");
  return (
    `:root{${day}}` +
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme="light"]){${night}}}` +
    `@media screen{:root[data-theme="dark"]{${night}}}` +
    outputFiles[0].text +
    classes()
  );
}

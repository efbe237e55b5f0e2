/** Every window that holds the chosen pixel, small, one beside the other. */
import { html, svg, type TemplateResult } from "lit-html";
import { shortNumber } from "../frame/short-number.js";
import { factor } from "./names.js";
import { chosenPixel, isPixel, placeOf, placesUnder, type Scene } from "./scene.js";

const CELL = 11;

export function thumbnails(scene: Scene): TemplateResult {
  const { shares } = scene.numbers.pixel;
  if (shares.length === 0)
    return html`<p class="note">No window holds this place: nothing comes back to it.</p>`;
  return html`<ol class="thumbnails" aria-label="Windows that hold it">
    ${shares.map(
      ({ p, q, i, j, addends, sum }) =>
        html`<li>
          ${thumbnail(scene, p, q)}
          <span>
            window (${p}, ${q}), entry (${i}, ${j})<br />
            ${addends.map(({ weight, dOut }) => `${factor(weight)} · ${factor(dOut)}`).join(" + ")}
            = ${shortNumber(sum)}
          </span>
        </li>`,
    )}
  </ol>`;
}

function thumbnail(scene: Scene, p: number, q: number): TemplateResult {
  const { H, W, padH, padW } = scene.numbers.geometry;
  const [rows, columns] = [H + 2 * padH, W + 2 * padW];
  const { c, h: chosenH, w: chosenW } = chosenPixel(scene);
  const under = placesUnder(scene, { kind: "window", p, q });
  const cells = Array.from({ length: rows * columns }, (_, at) => {
    const [h, w] = [Math.floor(at / columns) - padH, (at % columns) - padW];
    const isUnder = under.has(placeOf(scene, { kind: "pixel", c, h, w }));
    const name = `${isUnder ? "under" : "cell"}${isPixel(scene, h, w) ? "" : " frame"}`;
    const isChosen = h === chosenH && w === chosenW;
    return svg`<rect class=${isChosen ? `${name} chosen` : name} x=${(w + padW) * CELL + 0.5}
      y=${(h + padH) * CELL + 0.5} width=${CELL} height=${CELL}></rect>`;
  });
  const [width, height] = [columns * CELL + 1, rows * CELL + 1];
  return html`<svg class="thumbnail" width=${width} height=${height} aria-hidden="true">
    ${cells}
  </svg>`;
}

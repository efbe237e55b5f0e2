/** The im2col microscope in the page. */
import { html } from "lit-html";
import { slider } from "../frame/controls.js";
import { defineLab } from "../frame/element.js";
import { numberGrid } from "../frame/number-grid.js";
import type { Im2colNumbers } from "./compute.js";
import { fields, type Im2colState, version } from "./state.js";

defineLab<Im2colState, Im2colNumbers>({
  name: "im2col",
  version,
  fields,
  walk: [
    { text: "This is where it begins.", state: { stride: 1 } },
    { text: "A stride of 2 leaves windows out.", state: { stride: 2 } },
  ],
  view: (lab) => () => {
    const { state, shown } = lab;
    return html`<div class="controls">
        ${slider({
          label: "stride",
          value: state.stride,
          least: 1,
          most: 4,
          onInput: (stride, group) => lab.set({ stride }, { group }),
        })}
        ${slider({
          label: "padding",
          value: state.padding,
          least: 0,
          most: 3,
          onInput: (padding, group) => lab.set({ padding }, { group }),
        })}
      </div>
      <div class="grids">
        ${numberGrid({
          label: "image",
          rows: 5,
          columns: 5,
          scale: "signed",
          value: (r, c) => state.image[5 * r + c]!,
          onEdit: ([r, c], value, group) =>
            lab.set({ image: state.image.with(5 * r + c, value) }, { group }),
        })}
        ${
          shown === null
            ? html`<p>The engine is on its way.</p>`
            : numberGrid({
                label: "out",
                rows: shown.result.shape[0],
                columns: shown.result.shape[1],
                scale: "signed",
                value: (r, c) => shown.result.out[shown.result.shape[1] * r + c]!,
              })
        }
      </div>`;
  },
});

/** The laboratory of filters in the page. */
import { html } from "lit-html";
import { tabs } from "../frame/controls.js";
import { defineLab } from "../frame/element.js";
import type { FiltersNumbers } from "./compute.js";
import { pictureControls, windowControls } from "./controls.js";
import { equation } from "./equation.js";
import { FileSource } from "./file-source.js";
import { lookView } from "./look-view.js";
import { shiftView } from "./shift-view.js";
import { fields, type FiltersState, settle, version } from "./state.js";
import { walk } from "./walk.js";

const file = new FileSource();

defineLab<FiltersState, FiltersNumbers>({
  name: "filters",
  version,
  fields,
  settle: (state) => settle(state, file.has),
  linkNote: ({ picture }) =>
    picture === "file" ? "It cannot carry your picture: others will see the scene." : null,
  walk,
  view: (lab) => {
    file.listen(lab);
    const look = lookView(lab);
    return () => html`<div
      class="filters-lab"
      @dragover=${(event: DragEvent) => event.preventDefault()}
      @drop=${(event: DragEvent) => file.drop(lab, event)}
    >
      ${tabs({
        label: "What to look at",
        value: lab.state.view,
        options: [
          ["look", "The filter at work"],
          ["shift", "The shift"],
        ],
        onInput: (view) => lab.set({ view }),
      })}
      ${pictureControls(lab, file)}
      ${
        lab.shown === null
          ? html`<p>The engine is on its way.</p>`
          : lab.shown.state.view === "look"
            ? look(lab.shown)
            : shiftView(lab)
      }
      ${windowControls(lab)} ${lab.shown === null ? "" : equation(lab.shown.result.sizes)}
    </div>`;
  },
});

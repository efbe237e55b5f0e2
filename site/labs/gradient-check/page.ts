/** The gradient check in the page. */
import { html, type TemplateResult } from "lit-html";
import { tabs } from "../frame/controls.js";
import { defineLab } from "../frame/element.js";
import { balanceView } from "./balance-view.js";
import { checksView } from "./checks-view.js";
import type { CheckResult } from "./compute.js";
import { maps } from "./maps.js";
import { type CheckLab, panel } from "./panel.js";
import { fields, settle, type State, version } from "./state.js";
import { stepView } from "./step-view.js";
import { verdict } from "./verdict.js";
import { walk } from "./walk.js";

const VIEWS = { maps, step: stepView, checks: checksView, balance: balanceView };

const NAMES = [
  ["maps", "Heat maps"],
  ["step", "The step"],
  ["checks", "Which checks notice"],
  ["balance", "The balance"],
] as const;

defineLab<State, CheckResult>({
  name: "gradient-check",
  version,
  fields,
  viewFields: ["sizes"],
  settle,
  walk,
  view: (lab) => () =>
    html`${panel(lab)}
    ${tabs({
      label: "What to look at",
      value: lab.state.view,
      options: NAMES,
      onInput: (view) => lab.set({ view }),
    })}
    ${shown(lab)}`,
});

function shown(lab: CheckLab): TemplateResult {
  const { shown: seen } = lab;
  if (seen === null) return html`<p>The engine is on its way.</p>`;
  return html`<p class="problem" ?hidden=${!seen.result.isRedrawn}>
      dOut is drawn: the link has ${seen.state.u.length} numbers for it, of
      ${seen.result.dOut.data.length}.
    </p>
    ${verdict(lab, seen)} ${VIEWS[seen.state.view](lab, seen)}`;
}

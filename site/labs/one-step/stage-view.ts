/** The step, stage by stage: what each takes, what it makes, and by which equations. */
import { html, nothing, type TemplateResult } from "lit-html";
import { formula } from "./chapter-pieces.js";
import { startShapes } from "./networks.js";
import { nameOf } from "./names.js";
import { goTo, type Scene, seenStage, stageWords } from "./scene.js";
import { tensorGrids } from "./tensor-grids.js";

type Stage = Scene["numbers"]["stages"][number];

const ARROWS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** Whether an arrow key means the stages here, and not a slider or a text. */
export function stageKey(scene: Scene, event: KeyboardEvent): void {
  const by = ARROWS[event.key];
  const { target } = event;
  const isTaken =
    target instanceof Element && target.closest("input, select, textarea, number-grid") !== null;
  if (by === undefined || isTaken || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  goTo(scene, seenStage(scene) + by);
}

const SHORT = {
  image: "image",
  forward: "→",
  loss: "loss",
  backward: "←",
  update: "update",
} as const;

/** All stages as buttons, forward and back, and the ways to the next. */
export function stageBar(scene: Scene): TemplateResult {
  const { numbers, brokenAt, state } = scene;
  const seen = seenStage(scene);
  const last = numbers.stages.length - 1;
  const isStopped = brokenAt !== null && !state.goOn && seen === brokenAt;
  const button = (stage: (typeof numbers.stages)[number], i: number): TemplateResult => {
    const { kind, layer } = stage;
    const text =
      kind === "forward"
        ? `${layer} ${SHORT.forward}`
        : kind === "backward"
          ? `${SHORT.backward} ${layer ?? "loss"}`
          : SHORT[kind];
    return html`<button
      type="button"
      class="${kind} ${i === brokenAt ? "broken" : ""}"
      aria-pressed=${i === seen}
      aria-label=${stageWords(stage) + (i === brokenAt ? ", not finite" : "")}
      ?disabled=${brokenAt !== null && !state.goOn && i > brokenAt}
      @click=${() => goTo(scene, i)}
    >
      ${text}${i === brokenAt ? " ⚠" : ""}
    </button>`;
  };
  return html`<div class="stage-bar">
    <button type="button" ?disabled=${seen === 0} @click=${() => goTo(scene, seen - 1)}>
      Stage back
    </button>
    <button
      type="button"
      ?disabled=${seen === last || isStopped}
      @click=${() => goTo(scene, seen + 1)}
    >
      Stage forward
    </button>
    <div class="step-buttons" role="group" aria-label="Stages of the step">
      ${numbers.stages.map(button)}
    </div>
  </div>`;
}

/** What stages do, in a sentence. */
const WORDS: Readonly<Record<string, string>> = {
  image: "One image, and the class that it should be given.",
  loss: "From the logits to one number: how surprised the network is by the right class.",
  update: "Every parameter takes its step. A ′ is what comes after it.",
};

export function stageView(scene: Scene): TemplateResult {
  return oneStage(scene, seenStage(scene), "stage");
}

export function allStages(scene: Scene): TemplateResult {
  return html`${scene.numbers.stages.map((_, i) => oneStage(scene, i, `all ${i}`))}`;
}

function oneStage(scene: Scene, at: number, place: string): TemplateResult {
  const { numbers } = scene;
  const stage = numbers.stages[at]!;
  const { kind, layer, makes } = stage;
  const words =
    WORDS[kind] ??
    (kind === "forward"
      ? `The layer ${layer} makes its output.`
      : layer === null
        ? "The way back begins: the loss by each logit."
        : `The layer ${layer} is given the gradient of its output, ` +
          (makes.length > 1
            ? "and makes those of its parameters and of its input."
            : "and makes that of its input."));
  return html`<section class="one-stage" aria-label=${stageWords(stage)}>
    <h2>${stageWords(stage)}</h2>
    <p>${words}</p>
    ${equations(scene, stage, place)}
    ${kind === "update" ? updates(scene) : takenAndMade(scene, stage)}
  </section>`;
}

/** Of each parameter what it was, its gradient, what is remembered, and what it becomes. */
function updates(scene: Scene): TemplateResult {
  const { takes, makes } = scene.numbers.stages.at(-1)!;
  const parameters = [...startShapes(scene.state.network).keys()].slice(1);
  return html`${parameters.map((name) => {
    const [layer, own] = name.split(".") as [string, string];
    const gradient = `${layer}.d${own[0]!.toUpperCase()}${own.slice(1)}`;
    const isOwn = (one: string): boolean =>
      one === name || one === gradient || one.startsWith(`${name}.`);
    return html`<h3>${name}</h3>
      <div class="grids">
        ${[...takes, ...makes].filter(isOwn).map((one) => tensorGrids(scene, one))}
      </div>`;
  })}`;
}

function takenAndMade(scene: Scene, { takes, makes }: Stage): TemplateResult {
  const { lab } = scene;
  return html`${
    takes.length === 0
      ? nothing
      : html`<h3>Takes</h3>
            <div class="grids">${takes.map((name) => tensorGrids(scene, name))}</div>`
  }
    ${takes.length === 0 ? nothing : html`<h3>Makes</h3>`}
    <div class="grids">
      ${makes.map((name) =>
        name === "x"
          ? tensorGrids(scene, name, {
              onEdit: (index, value, group) =>
                lab.set(
                  { image: lab.state.image.with(index, Math.max(-100, Math.min(100, value))) },
                  { group },
                ),
            })
          : tensorGrids(scene, name),
      )}
    </div>`;
}

function equations({ numbers, lab }: Scene, { makes }: Stage, place: string): TemplateResult {
  const seen = new Set<string>();
  const own = makes.flatMap((name) => {
    const maker = numbers.makers[name];
    if (maker === undefined || seen.has(maker.tag)) return [];
    seen.add(maker.tag);
    return [{ name, maker }];
  });
  return html`<div class="equations">
    ${own.map(
      ({ name, maker }) =>
        html`<div class="makes" title=${`${nameOf(name)}: ${maker.words}`}>
          ${formula(maker, `${place} ${name}`, () => lab.update())}
        </div>`,
    )}
  </div>`;
}

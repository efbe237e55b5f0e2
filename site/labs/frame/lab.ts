/**
 * A laboratory: a state that a link can carry, what the engine says of it, and what is seen of
 * both.
 * Whatever changes the state can be undone.
 */
import { render, type TemplateResult } from "lit-html";
import { announce } from "../../client/dom.js";
import { Asker } from "./ask.js";
import {
  type Fields,
  initialState,
  isSame,
  type ReadState,
  readState,
  type State,
  writeState,
} from "./fields.js";
import { frame } from "./frame.js";
import { fromPlainText } from "./plain-text.js";
import { Walk, type WalkStep } from "./walk.js";

/** What a laboratory is made of. */
export interface LabOptions<S extends State, R> {
  /** Its Worker is `assets/run/lab-NAME.js`. */
  readonly name: string;
  /** Of its fields: a link of another version starts anew. */
  readonly version: number;
  readonly fields: Fields<S>;
  /** Fields that change only what is seen: they ask nothing of the engine. */
  readonly viewFields?: readonly (keyof S & string)[];
  /** A state that hangs together, as a filter that fits into its image, and what was changed. */
  readonly settle?: (state: S) => ReadState<S>;
  /** What a link that is copied leaves out, in one line; null for nothing. */
  readonly linkNote?: (state: S) => string | null;
  readonly walk: readonly WalkStep<S>[];
  /** Called once; what it returns draws the laboratory, again and again. */
  readonly view: (lab: Lab<S, R>) => () => TemplateResult;
}

/** How a change is remembered. */
export interface Change {
  /** Changes of one group after another are undone as one: a slider on its way. */
  readonly group?: string;
}

export interface Shown<S, R> {
  /** The state that the result is of, which may be older than the controls'. */
  readonly state: S;
  readonly result: R;
  readonly ms: number;
}

/** Where a laboratory stands, and what it begins with. */
export interface LabPlace {
  /** The way from the page to the site's root. */
  readonly root: string;
  /** The state to begin with, as in a link. */
  readonly link: string;
  readonly isEmbedded: boolean;
  /** What the engine says of the state at the start, as text, if the page has it. */
  readonly first: string | null;
}

const LINK_MS = 150;
/** The page is drawn before the Worker takes its share of the processor. */
const READY_MS = 100;

export class Lab<S extends State, R> {
  readonly options: LabOptions<S, R>;
  readonly walk: Walk<S, R>;
  /** Whether it stands in a chapter: then it has no link of its own in the address bar. */
  readonly isEmbedded: boolean;
  readonly #container: HTMLElement;
  readonly #root: string;
  readonly #asker: Asker<S>;
  readonly #draw: () => TemplateResult;
  #state: S;
  #shown: Shown<S, R> | null = null;
  #problem: string | null = null;
  #given: Readonly<Record<string, unknown>> = {};
  #past: S[] = [];
  #future: S[] = [];
  #group: string | null = null;
  #isDrawing = false;
  #linkTimer = 0;

  /**
   * @param container is drawn into
   */
  constructor(
    options: LabOptions<S, R>,
    container: HTMLElement,
    { root, link, isEmbedded, first }: LabPlace,
  ) {
    this.options = options;
    this.#container = container;
    this.#root = root;
    this.isEmbedded = isEmbedded;
    this.walk = new Walk(this, options.walk);
    const script = new URL(`${root}assets/run/lab-${options.name}.js`, document.baseURI).href;
    this.#asker = new Asker(
      script,
      (heard) => {
        this.#shown = { ...heard, result: heard.result as R };
        this.update();
      },
      (reason) => this.complain(reason),
    );
    this.#state = this.#begin(link);
    this.#draw = options.view(this);
    const start = initialState(options.fields);
    if (first !== null && Object.keys(start).every((key) => isSame(start[key]!, this.#state[key]!)))
      this.#open(start, first);
    else this.#ask();
  }

  /** What the controls say. */
  get state(): S {
    return this.#state;
  }

  /** The engine's newest answer; null before the first. */
  get shown(): Shown<S, R> | null {
    return this.#shown;
  }

  /** What went wrong last, in one line. */
  get problem(): string | null {
    return this.#problem;
  }

  get isBusy(): boolean {
    return this.#asker.isBusy;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** The page's address with this state. */
  get link(): string {
    const { name, fields, version } = this.options;
    const page = new URL(`${this.#root}labs/${name}.html`, document.baseURI);
    page.hash = writeState(fields, version, this.#state);
    return page.href;
  }

  set(change: Partial<S>, { group }: Change = {}): void {
    const before = this.#state;
    const settled = this.#settled({ ...before, ...change });
    const names = Object.keys(before).filter((name) => !isSame(before[name]!, settled[name]!));
    if (names.length === 0) return this.update();
    if (group === undefined || group !== this.#group) this.#past.push(before);
    this.#group = group ?? null;
    this.#future = [];
    this.#take(settled);
  }

  undo(): void {
    this.#step(this.#past, this.#future);
  }

  redo(): void {
    this.#step(this.#future, this.#past);
  }

  reset(): void {
    this.set(initialState(this.options.fields));
  }

  /** Gives the engine what no link can carry; a link that is copied goes without it. */
  give(name: string, value: unknown): void {
    this.#given = { ...this.#given, [name]: value };
    this.#ask();
  }

  given(name: string): unknown {
    return this.#given[name];
  }

  /** One line for people; null takes it away. */
  complain(problem: string | null): void {
    this.#problem = problem;
    if (problem !== null) announce(problem);
    this.update();
  }

  /** Draws anew before the next frame. */
  update(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      render(frame(this, this.#draw), this.#container);
    });
  }

  /** Takes a state from a link, if the text is one. */
  follow(link: string): void {
    const read = readState(this.options.fields, this.options.version, link);
    if (read === null) return;
    this.set(read.state);
    if (read.problem !== null) this.complain(read.problem);
  }

  stop(): void {
    clearTimeout(this.#linkTimer);
    this.#asker.stop();
  }

  /** Shows what the page has brought along, and lets the Worker get ready behind it. */
  #open(state: S, first: string): void {
    this.#shown = { state, result: fromPlainText(first) as R, ms: 0 };
    this.update();
    setTimeout(() => this.#asker.getReady(), READY_MS);
  }

  #begin(link: string): S {
    const { fields, version } = this.options;
    const read = readState(fields, version, link);
    const state = this.#settled(read?.state ?? initialState(fields));
    if (read?.problem) this.complain(read.problem);
    return state;
  }

  #settled(state: S): S {
    const settled = this.options.settle?.(state) ?? { state, problem: null };
    this.#problem = settled.problem;
    if (settled.problem !== null) announce(settled.problem);
    return settled.state;
  }

  #step(from: S[], to: S[]): void {
    const state = from.pop();
    if (state === undefined) return;
    to.push(this.#state);
    this.#group = null;
    this.#problem = null;
    this.#take(state);
  }

  #take(state: S): void {
    const before = this.#state;
    this.#state = state;
    const { viewFields = [] } = this.options;
    const isAsked = Object.keys(state).some(
      (name) => !viewFields.includes(name) && !isSame(before[name]!, state[name]!),
    );
    if (isAsked) this.#ask();
    else if (this.#shown !== null) this.#shown = { ...this.#shown, state: this.#viewed(state) };
    this.#writeLink();
    this.update();
  }

  /** The state that is shown, with what only changes the view as it is now. */
  #viewed(state: S): S {
    const { viewFields = [] } = this.options;
    const views = viewFields.map((name) => [name, state[name]]);
    return { ...this.#shown!.state, ...Object.fromEntries(views) };
  }

  #ask(): void {
    this.#asker.ask(this.#state, this.#given);
    this.update();
  }

  #writeLink(): void {
    if (this.isEmbedded) return;
    clearTimeout(this.#linkTimer);
    // browsers refuse addresses that change too often
    this.#linkTimer = window.setTimeout(() => history.replaceState(null, "", this.link), LINK_MS);
  }
}

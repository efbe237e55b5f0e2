/** A whole source file beside the text: a column, a drawer or a sheet, by the room there is. */
import { all, make, near, page, root } from "./dom.js";
import { pinnedTag, relight } from "./links.js";
import { recall, remember } from "./store.js";

const html = document.documentElement;
const [LEAST, MOST] = [320, 1100];

let panel: HTMLElement | null = null;
let returnTo: HTMLElement | null = null;

const address = (file: string): string => `${root()}src/${file.replace(/^src\//, "")}.html`;

/** The files that this page cites, in the order in which it does. */
export function filesOfPage(): string[] {
  const cited = all(".lines[data-file]").map((lines) => lines.dataset["file"]!);
  const linked = all<HTMLAnchorElement>("main a[href*='src/']")
    .map(({ href }) => /\/(src\/[\w/-]+\.ts)\.html/.exec(href)?.[1])
    .filter((file) => file !== undefined);
  return [...new Set([...cited, ...linked])];
}

function setWidth(width: number): void {
  const held = Math.round(Math.min(MOST, Math.max(LEAST, Math.min(width, innerWidth - 280))));
  html.style.setProperty("--panel", `${held}px`);
  panel?.querySelector(".panel-grip")?.setAttribute("aria-valuenow", String(held));
  remember("panel", String(held));
}

function grip(): HTMLElement {
  const handle = make("div", {
    class: "panel-grip",
    role: "separator",
    tabindex: "0",
    "aria-label": "Width of the code",
    "aria-orientation": "vertical",
    "aria-valuemin": String(LEAST),
    "aria-valuemax": String(MOST),
  });
  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) setWidth(innerWidth - event.clientX);
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: 32, ArrowRight: -32 }[event.key];
    if (step === undefined || panel === null) return;
    event.preventDefault();
    setWidth(panel.offsetWidth + step);
  });
  return handle;
}

function build(): HTMLElement {
  const files = make("select", { "aria-label": "File" });
  for (const file of filesOfPage()) files.append(make("option", { value: file }, file));
  files.addEventListener("change", () => void openPanel(files.value));
  const close = make("button", { type: "button" }, "Close");
  close.addEventListener("click", closePanel);
  const body = make("div", { class: "panel-body source", tabindex: "0" });
  body.setAttribute("role", "region");
  body.setAttribute("aria-label", "The file");
  const head = make("div", { class: "panel-head" }, files, close);
  const made = make("aside", { class: "panel", "aria-label": "Code" }, grip(), head, body);
  document.body.append(made);
  return made;
}

/** Shows a file, at the lines of an equation if one is named or pinned, or at a line. */
export async function openPanel(file: string, tag = pinnedTag(), line?: string): Promise<void> {
  const source = await page(address(file)).catch(() => null);
  const code = source?.querySelector("main pre.code") ?? source?.querySelector("main pre");
  if (!code) {
    location.href = address(file) + (line ? `#L${line}` : "");
    return;
  }
  if (panel === null || panel.hidden) returnTo = document.activeElement as HTMLElement | null;
  panel ??= build();
  panel.hidden = false;
  html.classList.add("panel-open");
  setWidth(Number(recall("panel")) || Math.min(innerWidth * 0.46, 720));
  const files = panel.querySelector("select")!;
  if (![...files.options].some(({ value }) => value === file))
    files.append(make("option", { value: file }, file));
  files.value = file;
  const copy = document.importNode(code, true);
  for (const element of all<Element>("[id]", copy)) element.removeAttribute("id");
  const body = panel.querySelector(".panel-body")!;
  body.replaceChildren(copy);
  relight();
  const at =
    (line && copy.querySelector(`[data-line="${line}"]`)) ||
    (tag && copy.querySelector(`[data-tags~="${CSS.escape(tag)}"]`));
  if (at instanceof HTMLElement) body.scrollTop = at.offsetTop - body.clientHeight / 3;
  else body.scrollTop = 0;
  if (returnTo !== null) files.focus({ preventScroll: true });
}

/** False if it was not open. */
export function closePanel(): boolean {
  if (panel === null || panel.hidden) return false;
  panel.hidden = true;
  html.classList.remove("panel-open");
  returnTo?.focus({ preventScroll: true });
  return true;
}

/** Opens the file of an equation, or else the first of the page. */
export function togglePanel(tag: string | null): void {
  if (closePanel()) return;
  const lines =
    tag === null
      ? null
      : document.querySelector<HTMLElement>(`.lines[data-tags~="${CSS.escape(tag)}"]`);
  const file = lines?.dataset["file"] ?? filesOfPage()[0];
  if (file !== undefined) void openPanel(file, tag);
}

export function startPanel(): void {
  if (filesOfPage().length === 0) return;
  document.addEventListener("click", (event) => {
    const link = near<HTMLAnchorElement>(event, ".where a");
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const lines = link.closest<HTMLElement>(".lines");
    const file = lines?.dataset["file"];
    if (file === undefined || location.protocol === "file:") return;
    event.preventDefault();
    void openPanel(file, lines?.dataset["tags"]?.split(" ")[0] ?? null, link.hash.slice(2));
  });
  document.addEventListener("leibniz:pin", (event) => {
    const { tag } = (event as CustomEvent<{ tag: string | null }>).detail;
    if (tag === null || panel === null || panel.hidden) return;
    const body = panel.querySelector<HTMLElement>(".panel-body")!;
    const at = body.querySelector<HTMLElement>(`[data-tags~="${CSS.escape(tag)}"]`);
    if (at !== null) body.scrollTop = at.offsetTop - body.clientHeight / 3;
  });
}

/** What every page of the site does once it is there. */
import { startContents } from "./contents.js";
import { all } from "./dom.js";
import { startEmbeds } from "./embeds.js";
import { startKeys } from "./keys.js";
import { startLinks } from "./links.js";
import { startOverflow } from "./overflow.js";
import { startPanel } from "./panel.js";
import { startRun } from "./run/marks.js";
import { openSearch } from "./search-box.js";
import { remember } from "./store.js";

const root = document.documentElement;

function isDark(): boolean {
  const { theme } = root.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function startTheme(): void {
  const buttons = all("[data-action='theme']");
  const say = (): void => {
    for (const button of buttons) button.textContent = isDark() ? "Light" : "Dark";
  };
  const turn = (): void => {
    const theme = isDark() ? "light" : "dark";
    root.dataset["theme"] = theme;
    remember("theme", theme);
    say();
  };
  for (const button of buttons) button.addEventListener("click", turn);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", say);
  say();
}

/** On a small screen the chapters are in a drawer. */
function startMenu(): void {
  const rail = document.querySelector<HTMLElement>(".rail");
  if (rail === null) return;
  for (const opener of all("[data-action='menu']"))
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      root.classList.add("menu-open");
      rail.querySelector<HTMLElement>("[aria-current], a")?.focus();
    });
  document.addEventListener("click", (event) => {
    const { target } = event;
    if (!(target instanceof Element) || !root.classList.contains("menu-open")) return;
    if (!rail.contains(target) || target.closest("a") !== null) root.classList.remove("menu-open");
  });
}

function startSearch(): void {
  for (const button of all("[data-action='search']")) button.addEventListener("click", openSearch);
}

/** What answers before the page has been looked through: buttons, menu and keys. */
function startAnswers(): void {
  startTheme();
  startMenu();
  startSearch();
  startKeys();
}

/** In this order, each in a task of its own: so no key and no touch has to wait for all of them. */
const starts = [
  startAnswers,
  startLinks,
  startContents,
  startOverflow,
  startPanel,
  startRun,
  startEmbeds,
];

function startNext(): void {
  starts.shift()?.();
  if (starts.length > 0) setTimeout(startNext);
}

startNext();

/** Pieces of the page that several sections use. */
import { element, escape, formatPercent } from "../figures/index.js";

/** A paragraph of plain text. */
export function paragraph(text: string): string {
  return element("p", {}, escape(text));
}

/** Figures side by side, where there is room, each with a heading. */
export function cards(
  all: readonly { readonly heading: string; readonly figure: string }[],
): string {
  const drawn = all.map(({ heading, figure }) =>
    element("div", { class: "card" }, element("h3", {}, escape(heading)) + figure),
  );
  return element("div", { class: "cards" }, drawn);
}

/** A single figure. */
export function card(content: string): string {
  return element("div", { class: "card" }, content);
}

/** What a figure of a card is wide at most. */
export const CARD_WIDTH = 360;

/** `97.2 %`; what is less than a hundredth of a percent is said so. */
export function likelihood(share: number): string {
  return share > 0 && share < 1e-4 ? "< 0.01 %" : formatPercent(share, share < 0.01 ? 1 : 3);
}

/** `1 image`, `3 images` */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : more}`;
}

/** Complaints of a kind are told once, with the first place and how many there are. */
export class Complaints {
  readonly #kinds = new Map<string, { readonly first: string; count: number }>();

  add(kind: string, where: string): void {
    const known = this.#kinds.get(kind);
    if (known === undefined) this.#kinds.set(kind, { first: where, count: 1 });
    else known.count++;
  }

  lines(): string[] {
    return [...this.#kinds].map(([kind, { first, count }]) => `${kind} (${count}): ${first}`);
  }
}

/** What an element is called in a complaint. */
export function nameOf(element: Element): string {
  const { id, localName, textContent } = element;
  const classes = element.getAttribute("class") ?? "";
  const words = textContent.trim().replace(/\s+/g, " ").slice(0, 60);
  const place = (id === "" ? "" : `#${id}`) + (classes === "" ? "" : `.${classes}`);
  return `${localName}${place} "${words}"`;
}

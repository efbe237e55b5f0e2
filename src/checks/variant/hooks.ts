/**
 * Loads the engine's modules, some of them with another text than the one on the disk. Node runs
 * this beside the program, see `register` of `node:module`.
 */

interface Loaded {
  readonly format: string;
  readonly shortCircuit?: boolean;
  readonly source?: unknown;
}

let replaced: ReadonlyMap<string, string> = new Map();

/** @param texts by the module's address */
export function initialize(texts: ReadonlyMap<string, string>): void {
  replaced = texts;
}

export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  const source = replaced.get(url);
  if (source === undefined) return next(url, context);
  // On the last line, so that all others keep their numbers: it tells that this text was really
  // loaded.
  const mark = `(globalThis.leibnizLoadedTexts ??= []).push(${JSON.stringify(url)});`;
  return { format: "module", shortCircuit: true, source: `${source}\n${mark}\n` };
}

/**
 * Loads the engine's modules again for each variant of it: those that have another text there than
 * on the disk, and those that import them, directly or through others. All else is loaded once. So
 * no variant ever holds two copies of a module. Node runs this beside the program, see `register`
 * of `node:module`.
 */
import { readFileSync } from "node:fs";
import type { MessagePort } from "node:worker_threads";

/** The modules of one variant that have another text, by address. */
export interface Planting {
  /** No two are the same. */
  readonly variant: string;
  readonly texts: ReadonlyMap<string, string>;
}

interface Resolved {
  readonly url: string;
  readonly shortCircuit?: boolean;
}

interface Loaded {
  readonly format: string;
  readonly shortCircuit?: boolean;
  readonly source?: unknown;
}

type Resolve = (specifier: string, context: object) => Promise<Resolved>;

const plantings = new Map<string, Planting["texts"]>();

/** @param port says what is planted; each is answered once it is known */
export function initialize(port: MessagePort): void {
  port.on("message", ({ variant, texts }: Planting) => {
    plantings.set(variant, texts);
    port.postMessage(variant);
  });
  port.unref();
}

export async function resolve(
  specifier: string,
  context: { readonly parentURL?: string },
  next: Resolve,
): Promise<Resolved> {
  const found = await resolveOnce(specifier, context, next);
  const variant = variantOf(found.url) ?? variantOf(context.parentURL ?? "");
  if (variant === null) return found;
  const address = withoutVariant(found.url);
  const isChanged = await changes(address, plantings.get(variant)!, next);
  return { ...found, url: isChanged ? inVariant(address, variant) : address };
}

const resolved = new Map<string, Promise<Resolved>>();

/**
 * Where it is does not depend on the variant, and to look for it takes longer than all else. A path
 * from one module is the same as a path from another that leads to the same address.
 */
function resolveOnce(
  specifier: string,
  context: { readonly parentURL?: string },
  next: Resolve,
): Promise<Resolved> {
  const parent = withoutVariant(context.parentURL ?? "");
  const isPath = /^\.\.?\//.test(specifier) && parent.startsWith("file:");
  const key = isPath ? new URL(specifier, parent).href : `${specifier} from ${parent}`;
  return once(resolved, key, async () => ({
    ...(await next(specifier, context)),
    shortCircuit: true, // from the second time on nobody else is asked
  }));
}

export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  const address = withoutVariant(url);
  const source = plantings.get(variantOf(url) ?? "")?.get(address);
  if (source === undefined) {
    const text = isOwn(address) ? textOf(address) : null;
    if (text === null) return next(url, context);
    return { format: "module", shortCircuit: true, source: text };
  }
  // On the last line, so that all others keep their numbers: it tells that this text was really
  // loaded.
  const mark = "(globalThis.leibnizLoadedTexts ??= []).push(import.meta.url);";
  return { format: "module", shortCircuit: true, source: `${source}\n${mark}\n` };
}

/** A module's address in a variant; modules that do not change there have no other. */
export function inVariant(address: string, variant: string): string {
  return `${address}?variant=${variant}`;
}

function variantOf(url: string): string | null {
  return /\?variant=(.*)$/.exec(url)?.[1] ?? null;
}

function withoutVariant(url: string): string {
  return url.replace(/\?variant=.*$/, "");
}

/** Whether a module has a new text, or imports one that has, directly or through others. */
async function changes(address: string, texts: Planting["texts"], next: Resolve): Promise<boolean> {
  const all = await once(closures, address, () => readClosure(address, next));
  return [...texts.keys()].some((changed) => all.has(changed));
}

/** This package's folder, which may itself lie in one of packages. */
const PACKAGE = new URL("../../../", import.meta.url).href;

const closures = new Map<string, Promise<ReadonlySet<string>>>();
const imports = new Map<string, Promise<readonly string[]>>();

function once<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}

/** A module with all that it imports, directly or through others. */
async function readClosure(address: string, next: Resolve): Promise<ReadonlySet<string>> {
  const all = new Set([address]);
  // a set hands out what is added to it on the way as well
  for (const one of all)
    for (const imported of await once(imports, one, () => readImports(one, next)))
      all.add(imported);
  return all;
}

/** The addresses that a module imports, now or later; packages are left out, and Node's own. */
async function readImports(address: string, next: Resolve): Promise<readonly string[]> {
  const text = isEngine(address) ? textOf(address) : null;
  if (text === null) return [];
  const found: string[] = [];
  for (const [, specifier] of text.matchAll(/\b(?:from|import)\s*\(?"([^"\n]+)"/g))
    found.push(
      ...(await resolveOnce(specifier!, { parentURL: address }, next).then(
        ({ url }) => [url],
        () => [], // words of a comment
      )),
    );
  return found;
}

/** Whether a module may import one that has a new text: packages do not, nor does Node. */
function isEngine(address: string): boolean {
  const path = address.startsWith(PACKAGE) ? address.slice(PACKAGE.length - 1) : address;
  return address.startsWith("file:") && !path.includes("/node_modules/");
}

/** Whether it is JavaScript of this package, whose package.json says that it is a module. */
function isOwn(address: string): boolean {
  return isEngine(address) && address.startsWith(PACKAGE) && address.endsWith(".js");
}

const texts = new Map<string, string | null>();

/** Read once, for its imports and for every variant; null where there is nothing to read. */
function textOf(address: string): string | null {
  let text = texts.get(address);
  if (text === undefined) {
    try {
      text = readFileSync(new URL(address), "utf8");
    } catch {
      text = null;
    }
    texts.set(address, text);
  }
  return text;
}

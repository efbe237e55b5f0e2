/** Mutations of a layer's backward pass: in its text, and in what it returns. */
import { mutationsOf } from "../derive/mutations.js";

/** A layer's module with one mutation in it. */
export interface PlantedMutation {
  /** `conv2dBackward: dX is 0.1 % too large` */
  readonly what: string;
  readonly text: string;
}

/**
 * What can be wrong with a gradient whatever the formula: code that spoils a flat array `g` in
 * place.
 */
const SPOILERS: readonly (readonly [what: string, code: string])[] = [
  ["is 0.1 % too large", "for (let i = 0; i < g.length; i++) g[i] *= 1.001;"],
  ["has the wrong sign", "for (let i = 0; i < g.length; i++) g[i] = -g[i];"],
  ["has a wrong last entry", "g[g.length - 1] += 0.01 * (1 + Math.abs(g[g.length - 1]));"],
  [
    "is moved by one entry",
    "g.set([g[g.length - 1] + (g.length === 1 ? 1 : 0), ...g.slice(0, -1)]);",
  ],
];

/**
 * @param module a compiled file of `src/backprop`
 * @returns for every exported `…Backward` that implements an equation: each small change of its
 *   text, and each way of spoiling what it returns
 */
export function plantMutations(module: string): readonly PlantedMutation[] {
  const planted: PlantedMutation[] = [];
  for (const found of module.matchAll(
    /^export async function (\w+Backward)\([^\n]*\{\n([\s\S]*?)^\}/gm,
  )) {
    const [whole, name, body] = found as unknown as [string, string, string];
    if (!/\/\/ \([\w-]+\.\d+[a-z]?\) /.test(body)) continue;
    const put = (text: string): string =>
      module.slice(0, found.index) + text + module.slice(found.index + whole.length);
    const start = whole.indexOf("{\n") + 2;
    for (const { change, source } of mutationsOf(body))
      planted.push({ what: `${name}: ${change}`, text: put(whole.slice(0, start) + source + "}") });
    for (const { change, source } of flippedFlags(body))
      planted.push({ what: `${name}: ${change}`, text: put(whole.slice(0, start) + source + "}") });
    const right = whole.replace(`export async function ${name}(`, `async function right_${name}(`);
    for (const gradient of returned(body))
      for (const [what, code] of SPOILERS)
        planted.push({
          what: `${name}: ${gradient} ${what}`,
          text: put(`${right}\n${spoiled(name, gradient, code)}`),
        });
  }
  return planted;
}

/** `transposeA: true` → `transposeA: false` */
function flippedFlags(body: string): { change: string; source: string }[] {
  return [...body.matchAll(/\b(\w+): (true|false)\b/g)].map(
    ({ index, 0: flag, 1: name, 2: value }) => {
      const flipped = `${name}: ${value === "true" ? "false" : "true"}`;
      return {
        change: `${flag} → ${flipped}`,
        source: body.slice(0, index) + flipped + body.slice(index + flag.length),
      };
    },
  );
}

/** The names of the gradients that a function returns, such as dX, dWeight: the object's keys. */
function returned(body: string): readonly string[] {
  const result = body.slice(body.lastIndexOf("return {") + "return {".length);
  const keys: string[] = [];
  let [depth, start] = [1, 0];
  for (let at = 0; at < result.length && depth > 0; at++) {
    const letter = result[at]!;
    const ends = depth === 1 && (letter === "," || letter === "}");
    if (ends) keys.push(result.slice(start, at).split(":")[0]!.trim());
    if (ends) start = at + 1;
    if ("([{".includes(letter)) depth++;
    if (")]}".includes(letter)) depth--;
  }
  return keys.filter((key) => /^d[A-Z]\w*$/.test(key));
}

/**
 * A function in the place of the right one: calls it, and spoils one of the gradients that it
 * returns, unless that is null or holds zeros alone.
 */
function spoiled(name: string, gradient: string, code: string): string {
  return `export async function ${name}(...args) {
  const result = await right_${name}(...args);
  const right = result.${gradient};
  if (right == null || right.data.every((entry) => entry === 0)) return result;
  const copy = right.clone();
  const g = copy.data;
  ${code}
  return { ...result, ${gradient}: copy };
}`;
}

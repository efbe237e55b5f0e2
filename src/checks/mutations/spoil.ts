/** Wrong gradients whatever the formula: what a backward pass returns, spoiled. */

/**
 * What can be wrong with a gradient whatever the formula: code that spoils a flat array `g` in
 * place.
 */
export const SPOILERS: readonly (readonly [what: string, code: string])[] = [
  ["is 0.1 % too large", "for (let i = 0; i < g.length; i++) g[i] *= 1.001;"],
  ["has the wrong sign", "for (let i = 0; i < g.length; i++) g[i] = -g[i];"],
  ["has a wrong last entry", "g[g.length - 1] += 0.01 * (1 + Math.abs(g[g.length - 1]));"],
  [
    "is moved by one entry",
    "g.set([g[g.length - 1] + (g.length === 1 ? 1 : 0), ...g.slice(0, -1)]);",
  ],
];

/** The names of the gradients that a function returns, such as dX, dWeight: the object's keys. */
export function returned(body: string): readonly string[] {
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
export function spoiled(name: string, gradient: string, code: string): string {
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

/**
 * What a process does in which a learner's text stands for the module `learner.js`: checks it
 * against the layer's own backward pass in a few cases.
 */
import { loopsAround, NoGradient } from "leibniz/checks";
import { casesOf, catalog } from "leibniz/gradcheck";
import { Random, Tensor } from "leibniz/tensor";
import * as learner from "../../../dist/checks/exercises/learner.js";

/** @returns by gradient, its largest error in units of the largest entry, or what is wrong */
export default async (layer: unknown): Promise<Record<string, number | string>> =>
  errorsOf(layer as string, learner.backward);

/** The same in this process, for any function. */
export async function errorsOf(
  layer: string,
  loops: unknown,
  samples = 5,
): Promise<Record<string, number | string>> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const around = loopsAround(layer, loops);
  const random = new Random(`loops ${layer}`);
  const found: Record<string, number | string> = {};
  for (const one of casesOf(entry, random, samples)) {
    const f = entry.differentiable(one.options);
    const { out, backward } = await f(one.inputs);
    const dOut = random.uniform(out.shape, -1, 1, "float64");
    const expected = await backward(dOut);
    const theirs = await (await around(f, one)(one.inputs)).backward(dOut);
    for (const name of new Set([...Object.keys(expected), ...Object.keys(theirs)])) {
      const [a, b] = [expected[name] ?? null, theirs[name] as unknown];
      const error = b instanceof NoGradient ? b.problem : distance(a, b);
      if (typeof found[name] === "string") continue;
      found[name] = typeof error === "string" ? error : Math.max(error, found[name] ?? 0);
    }
  }
  return found;
}

function distance(expected: Tensor | null, theirs: unknown): number | string {
  if (expected === null) return theirs === undefined ? 0 : "a gradient of what is not there";
  if (!(theirs instanceof Tensor)) return `no gradient: ${String(theirs)}`;
  if (String(theirs.shape) !== String(expected.shape)) return `shape ${String(theirs.shape)}`;
  const [a, b] = [expected, theirs].map((tensor) => [...tensor.contiguous().data]);
  const largest = Math.max(...a!.map(Math.abs), 1e-300);
  return Math.max(...a!.map((value, i) => Math.abs(value - b![i]!) / largest));
}

/** Whether the gradients of a list of mistakes are wrong, and differ from each other. */
import * as assert from "uvu/assert";
import { casesOf, catalog } from "leibniz/gradcheck";
import { Random, type Tensor } from "leibniz/tensor";
import type { Mistaken, MistakenPoint } from "../../../dist/gradcheck/mistaken/mistaken.js";

/** A case, an upstream gradient, and the layer's own gradients. */
export interface Point extends MistakenPoint {
  readonly right: Readonly<Record<string, ArrayLike<number>>>;
}

/** All fixed cases of a layer, and 20 random ones. */
export async function pointsOf(layer: string): Promise<readonly Point[]> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const random = new Random(`mistaken ${layer}`);
  const points: Point[] = [];
  for (const { options, inputs } of casesOf(entry, random, 20)) {
    const { out, backward } = await entry.differentiable(options)(inputs);
    const dOut = random.normal((out as Tensor).shape, 0, 1, "float64");
    const gradients = Object.entries(await backward(dOut));
    const right = Object.fromEntries(
      gradients.map(([name, gradient]) => [name, gradient.contiguous().data]),
    );
    points.push({ options, inputs, dOut, right });
  }
  return points;
}

/** To 1e-7 of the largest entry, as a diagnosis compares. */
export function isAlike(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  const largest = Math.max(...Array.from(b, Math.abs), Number.MIN_VALUE);
  return Array.from(a).every((value, i) => Math.abs(value - b[i]!) <= 1e-7 * largest);
}

/** What is right in all cases, and which two are alike in all of them. */
export function confusions(list: readonly Mistaken[], points: readonly Point[]): string[] {
  const found: string[] = [];
  const of = ({ argument, gradient }: Mistaken): readonly ArrayLike<number>[] =>
    points.map((point) => gradient(point) ?? point.right[argument]!);
  const all = list.map((one) => ({ ...one, results: of(one) }));
  all.forEach(({ argument, says, tag, results }, i) => {
    if (results.every((result, k) => isAlike(result, points[k]!.right[argument]!)))
      found.push(`${argument}: "${says}" is right in all cases`);
    for (const other of all.slice(0, i)) {
      const isSaidAlike = other.says === says && other.tag === tag;
      if (other.argument !== argument || isSaidAlike) continue;
      if (results.every((result, k) => isAlike(result, other.results[k]!)))
        found.push(`${argument}: "${says}" is the same as "${other.says}"`);
    }
  });
  return found;
}

/** Every mistake has a line that fits, a tag, numbers, and as many of them as the gradient. */
export function expectWellFormed(list: readonly Mistaken[], points: readonly Point[]): void {
  for (const { argument, says, tag, gradient } of list) {
    assert.ok(says.length <= 90, `${says.length} characters: ${says}`);
    assert.match(tag, /^[a-z0-9]+\.\d+[a-z]?$/);
    for (const point of points) {
      const result = gradient(point);
      if (result === null) continue;
      assert.is(result.length, point.right[argument]!.length, `${argument}: ${says}`);
      assert.ok(Array.from(result).every(Number.isFinite), `${argument}: ${says}`);
    }
  }
}

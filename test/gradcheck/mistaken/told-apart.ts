/** What every list of mistaken gradients is tested for, over the cases of the catalog. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { type CatalogEntry, casesOf, catalog } from "leibniz/gradcheck";
import { Random, type Tensor } from "leibniz/tensor";
import type { Mistaken, MistakenPoint } from "../../../dist/gradcheck/mistaken/mistaken.js";
import { root } from "../../meta/project.js";

const chapters = readdirSync(join(root, "derivations"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(join(root, "derivations", name), "utf8"))
  .join("\n");

/** A case, an upstream gradient, and what the layer's own backward makes of it. */
export interface KnownPoint extends MistakenPoint {
  readonly right: Readonly<Record<string, Tensor | null>>;
}

/** The layer's cases, fixed and random, and the points that are given besides. */
export async function knownPoints(
  layer: string,
  besides: readonly Omit<MistakenPoint, "dOut">[] = [],
): Promise<KnownPoint[]> {
  const entry: CatalogEntry = catalog.find((one) => one.layer === layer)!;
  const random = new Random(`mistaken ${layer}`);
  const points: KnownPoint[] = [];
  for (const { options, inputs } of [...casesOf(entry, random, 20), ...besides]) {
    const { out, backward } = await entry.differentiable(options)(inputs);
    const dOut = random.normal(out.shape, 0, 1, "float64");
    points.push({ options, inputs, dOut, right: await backward(dOut) });
  }
  return points;
}

/** Equal up to 1e-7 of the largest entry. */
export function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  assert.is(a.length, b.length);
  let [scale, apart] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    scale = Math.max(scale, Math.abs(a[i]!), Math.abs(b[i]!));
    apart = Math.max(apart, Math.abs(a[i]! - b[i]!));
  }
  return apart <= 1e-7 * scale;
}

/**
 * Where nothing is wrong, the loops of a list return what the layer does.
 *
 * @param gradient as the list's mistakes compute it, with nothing wrong
 */
export function expectRight(
  points: readonly KnownPoint[],
  argument: string,
  gradient: Mistaken["gradient"],
): void {
  for (const point of points) {
    const right = point.right[argument]!.contiguous().data;
    assert.ok(isSame(gradient(point)!, right), JSON.stringify(point.options));
  }
}

/** Every mistake is one somewhere, is not told as another, and says so in a short line. */
export function expectToldApart(
  points: readonly KnownPoint[],
  mistakes: readonly Mistaken[],
): void {
  const gradients = mistakes.map(({ gradient }) => points.map((point) => gradient(point)));
  for (const [k, { says, argument, tag }] of mistakes.entries()) {
    assert.ok([...says].length <= 90, `${[...says].length} signs: ${says}`);
    for (const cited of [
      tag,
      ...[...says.matchAll(/\(([a-z0-9-]+\.\d+[a-z]?)\)/g)].map((one) => one[1]!),
    ])
      assert.ok(chapters.includes(`\\tag{${cited}}`), `${says}: no equation (${cited})`);
    const isOneSomewhere = gradients[k]!.some((gradient, at) => {
      const right = points[at]!.right[argument];
      return gradient !== null && right && !isSame(gradient, right.contiguous().data);
    });
    assert.ok(isOneSomewhere, `${says}: the same as the right gradient in all cases`);
    for (const [l, other] of mistakes.slice(0, k).entries()) {
      if (other.argument !== argument) continue;
      const differ = gradients[k]!.some((gradient, at) => {
        const another = gradients[l]![at]!;
        return gradient === null || another === null
          ? gradient !== another
          : !isSame(gradient, another);
      });
      assert.ok(differ, `${says}: the same in all cases as: ${other.says}`);
    }
  }
}

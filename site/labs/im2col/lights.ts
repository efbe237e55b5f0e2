/** What lights up with a target: its copies, its windows, its outputs, its weights. */
import {
  copiesOf,
  entryAt,
  placeOf,
  placesUnder,
  type Scene,
  type Target,
  windowAt,
} from "./scene.js";

/** Classes of cells, by their indices. */
export interface Lights {
  readonly pixel: (indices: readonly number[]) => string;
  readonly weight: (indices: readonly number[]) => string;
  readonly output: (indices: readonly number[]) => string;
  /** A cell of cols or dCols. */
  readonly copy: (row: number, column: number) => string;
}

const lit = (is: boolean): string => (is ? "lit" : "");

export function lightsOf(scene: Scene, target: Target): Lights {
  return target.kind === "pixel" ? pixelLights(scene, target) : windowLights(scene, target);
}

function pixelLights(scene: Scene, target: Target & { kind: "pixel" }): Lights {
  const copies = copiesOf(scene, target);
  const places = new Set(copies.map(({ row, column }) => `${row},${column}`));
  const windows = new Set(
    copies.map(({ column }) => {
      const { p, q } = windowAt(scene, column);
      return `${p},${q}`;
    }),
  );
  const entries = new Set(copies.map(({ row }) => entryAt(scene, row).join()));
  const { c, h, w } = target;
  return {
    pixel: ([c2, h2, w2]) => (c2 === c && h2 === h && w2 === w ? "pinned" : ""),
    weight: ([, ...entry]) => lit(entries.has(entry.join())),
    output: ([, p, q]) => lit(windows.has(`${p},${q}`)),
    copy: (row, column) => lit(places.has(`${row},${column}`)),
  };
}

function windowLights(scene: Scene, target: Target & { kind: "window" }): Lights {
  const places = placesUnder(scene, target);
  const { p, q, k } = target;
  const at = p * scene.numbers.geometry.outW + q;
  return {
    pixel: ([c, h, w]) => lit(places.has(placeOf(scene, { kind: "pixel", c: c!, h: h!, w: w! }))),
    weight: ([k2]) => lit(k2 === k),
    output: ([k2, p2, q2]) =>
      p2 === p && q2 === q && (k === undefined || k2 === k) ? "pinned" : "",
    copy: (_, column) => lit(column === at),
  };
}

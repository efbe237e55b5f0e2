import type { WindowGeometry } from "../../im2col/index.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import {
  type Address,
  forEachEntry,
  inRowMajorOrder,
  inWrongWindows,
  type WindowEntry,
  windowsOf,
  WRONG_ADDRESSES,
  type WrongNumbers,
} from "./pool-windows.js";

/** What may be wrong in the spreading of dOut; what is left out is right. */
interface Wrong {
  readonly numbers?: WrongNumbers;
  /** The share of dOut that each entry of a window gets; `inside` of them are pixels. */
  readonly share?: (right: WindowGeometry, inside: number) => number;
  /** Which entries get one. */
  readonly takes?: (entry: WindowEntry) => boolean;
  /** What becomes of a pixel that has something already. */
  readonly join?: (before: number, more: number) => number;
  readonly address?: Address;
}

/** (pooling.6): each entry of a window gets a share of its dOut. */
export function spreadEvenly(point: MistakenPoint, wrong: Wrong = {}): ArrayLike<number> {
  const {
    numbers = () => ({}),
    share = ({ kH, kW }) => 1 / (kH * kW),
    takes = () => true,
    join = (before, more) => before + more,
    address = inRowMajorOrder,
  } = wrong;
  const right = windowsOf(point);
  const used = { ...right, ...numbers(right) };
  const d = point.dOut.contiguous().data;
  const inside = new Int32Array(d.length);
  forEachEntry(point, used, ({ window, isInside }) => {
    if (isInside) inside[window]!++;
  });
  const dX = new Float64Array(point.inputs["x"]!.size);
  forEachEntry(point, used, (entry) => {
    const { window, plane, h, w } = entry;
    if (!entry.isInside || !takes(entry)) return;
    const at = address(plane, h, w, right);
    dX[at] = join(dX[at]!, d[window]! * share(right, inside[window]!));
  });
  return dX;
}

function wrong(mistakes: Readonly<Record<string, Wrong>>): Mistaken[] {
  return Object.entries(mistakes).map(([says, one]) => ({
    argument: "x",
    says,
    tag: "pooling.6",
    gradient: (point) => spreadEvenly(point, one),
  }));
}

export const averagePool2d: readonly Mistaken[] = [
  ...wrong({
    "the factor 1/(kH·kW) is left out: each pixel gets all of dOut": { share: () => 1 },
    "where windows overlap, the last one overwrites the others: they have to be added": {
      join: (_, more) => more,
    },
    "where windows overlap, only the first one counts: they have to be added": {
      join: (before, more) => (before === 0 ? more : before),
    },
    "only pixels inside the image are counted; padding counts too: 1/(kH·kW)": {
      share: (_, inside) => 1 / inside,
    },
    "H and W are mixed up: the factor has to be 1/(kH·kW), not 1/kH²": {
      share: ({ kH }) => 1 / (kH * kH),
    },
    "H and W are mixed up: the factor has to be 1/(kH·kW), not 1/kW²": {
      share: ({ kW }) => 1 / (kW * kW),
    },
    "brackets are missing: it has to be dOut / (kH·kW), not dOut / kH · kW": {
      share: ({ kH, kW }) => kW / kH,
    },
    "kW is left out of the factor 1/(kH·kW)": { share: ({ kH }) => 1 / kH },
    "kH is left out of the factor 1/(kH·kW)": { share: ({ kW }) => 1 / kW },
    "kH + kW divides instead of kH·kW": { share: ({ kH, kW }) => 1 / (kH + kW) },
    "the number of windows, outH·outW, divides instead of their size, kH·kW": {
      share: ({ outH, outW }) => 1 / (outH * outW),
    },
    "the image's size, H·W, divides instead of the window's, kH·kW": {
      share: ({ H, W }) => 1 / (H * W),
    },
    "1/(kH·kW) is multiplied in twice": { share: ({ kH, kW }) => 1 / (kH * kW * kH * kW) },
    "only the first entry of each window gets its share; all entries have to": {
      takes: ({ i, j }) => i === 0 && j === 0,
    },
    "the first entry of each window gets all of dOut instead of each 1/(kH·kW) of it": {
      takes: ({ i, j }) => i === 0 && j === 0,
      share: () => 1,
    },
  }),
  ...Object.entries(WRONG_ADDRESSES).flatMap(([says, address]) => wrong({ [says]: { address } })),
  ...inWrongWindows("pooling.6", (point, numbers) => spreadEvenly(point, { numbers })),
];

/** The numbers of a convolution read or written in the wrong places, by the words for it. */
import type { Convolution, Places } from "./convolution-loops.js";

/** A mistake in words, and the places in which the numbers lie where it is made. */
export type WrongPlaces = readonly [
  says: string,
  places: (convolution: Convolution, right: Places) => Partial<Places>,
];

const turned = (i: number, extent: number): number => extent - 1 - i;

/** Of the filters and of dWeight alike. Follows `the filters are read` or `dWeight is laid out`. */
export const wrongFilters: readonly WrongPlaces[] = [
  [
    "upside down",
    ({ kH }, { weightAt }) => ({ weightAt: (k, c, i, j) => weightAt(k, c, turned(i, kH), j) }),
  ],
  [
    "mirrored, left for right",
    ({ kW }, { weightAt }) => ({ weightAt: (k, c, i, j) => weightAt(k, c, i, turned(j, kW)) }),
  ],
];

/** The same, with the numbers in another order. */
export const wrongOrders: readonly WrongPlaces[] = [
  [
    "column by column: kH and kW are exchanged",
    ({ kH }, { weightAt }) => ({ weightAt: (k, c, i, j) => weightAt(k, c, 0, 0) + j * kH + i }),
  ],
  [
    "as if the channels came last",
    ({ C, G, kH, kW }) => ({ weightAt: (k, c, i, j) => ((k * kH + i) * kW + j) * (C / G) + c }),
  ],
  [
    "as [C, K, kH, kW]: K and C are exchanged",
    ({ C, K, G, kH, kW }) => ({
      weightAt: (k, c, i, j) => {
        const l = k % (K / G); // in its group
        return (((k - l) * (C / G) + c * (K / G) + l) * kH + i) * kW + j;
      },
    }),
  ],
  [
    "as [R, K] instead of [K, R]: reshaped, not transposed",
    ({ C, K, G, kH, kW }) => ({
      weightAt: (k, c, i, j) => {
        const l = k % (K / G);
        const R = (C / G) * kH * kW;
        return (k - l) * R + ((c * kH + i) * kW + j) * (K / G) + l;
      },
    }),
  ],
  [
    "in column-major order, k first",
    ({ C, K, G, kH }) => ({ weightAt: (k, c, i, j) => ((j * kH + i) * (C / G) + c) * K + k }),
  ],
];

/** Where there are groups: a shape read backwards has them last. */
export const wrongOrdersOfGroups: readonly WrongPlaces[] = [
  [
    "as [R, K] instead of [K, R]: reshaped, not transposed",
    ({ K, G, kH, kW }) => ({
      weightAt: (k, c, i, j) => {
        const l = k % (K / G);
        return (((c * kH + i) * kW + j) * (K / G) + l) * G + (k - l) / (K / G); // groups last
      },
    }),
  ],
];

export const filtersTurned: WrongPlaces[1] = ({ kH, kW }, { weightAt }) => ({
  weightAt: (k, c, i, j) => weightAt(k, c, turned(i, kH), turned(j, kW)),
});

/** Of the filters for dX. */
export const wrongWeights: readonly WrongPlaces[] = [
  [
    "the weights are read one place off",
    ({ weight: { length } }, { weightAt }) => ({
      weightAt: (k, c, i, j) => (weightAt(k, c, i, j) + length - 1) % length,
    }),
  ],
  [
    "all channels use the weights of the first",
    (_, { weightAt }) => ({ weightAt: (k, _c, i, j) => weightAt(k, 0, i, j) }),
  ],
  [
    "only the first filter counts: the sum over k is missing",
    ({ K, G }) => ({ counts: (_n, k) => k % (K / G) === 0 }),
  ],
  [
    "only the last filter counts: = for += over k",
    ({ K, G }) => ({ counts: (_n, k) => (k + 1) % (K / G) === 0 }),
  ],
];

export const wrongDOut: readonly WrongPlaces[] = [
  [
    "dOut is read as if its channels came last",
    ({ K, outH, outW }) => ({ dOutAt: (n, k, p, q) => ((n * outH + p) * outW + q) * K + k }),
  ],
  [
    "dOut is read as [K, N, …]: images and filters are exchanged",
    ({ N, outH, outW }) => ({ dOutAt: (n, k, p, q) => ((k * N + n) * outH + p) * outW + q }),
  ],
  [
    "dOut is read in column-major order, n first",
    ({ N, K, G, outW }) => ({
      dOutAt: (n, k, p, q) => {
        const l = k % (K / G);
        return (((p * outW + q) * (K / G) + l) * G + (k - l) / (K / G)) * N + n;
      },
    }),
  ],
  [
    "the numbers of dOut are read one place off",
    ({ dOut: { length } }, { dOutAt }) => ({
      dOutAt: (n, k, p, q) => (dOutAt(n, k, p, q) + length - 1) % length,
    }),
  ],
];

/** Of x and dX alike. Follows `x is read` or `dX is laid out`. */
export const wrongImages: readonly WrongPlaces[] = [
  [
    "as if the channels came last",
    ({ C, H, W }) => ({ xAt: (n, c, pixel) => (n * H * W + pixel) * C + c }),
  ],
  [
    "as [C, N, H, W]: images and channels are exchanged",
    ({ N, H, W }) => ({ xAt: (n, c, pixel) => (c * N + n) * H * W + pixel }),
  ],
  [
    "column by column: h and w are exchanged",
    ({ H }, { pixel }) => ({ pixel: (h, w) => (pixel(h, w) < 0 ? -1 : w * H + h) }),
  ],
];

export const wrongPixels: readonly WrongPlaces[] = [
  [
    "the numbers of x are read one place off",
    ({ x: { length } }, { xAt }) => ({
      xAt: (n, c, pixel) => (xAt(n, c, pixel) + length - 1) % length,
    }),
  ],
];

/** What is done about entries of a window that lie on the padding. */
export const wrongBorders: readonly WrongPlaces[] = [
  [
    "on the padding, indices are clamped to the border; there is nothing",
    ({ H, W }) => ({
      pixel: (h, w) => Math.min(Math.max(h, 0), H - 1) * W + Math.min(Math.max(w, 0), W - 1),
    }),
  ],
  [
    "on the padding, indices wrap round to the opposite border; there is nothing",
    ({ H, W }) => ({
      pixel: (h, w) => (((h % H) + H) % H) * W + (((w % W) + W) % W),
    }),
  ],
  [
    "windows that hang over the border are left out",
    ({ kH, kW, strideH, strideW, padH, padW, dilationH, dilationW }, { pixel }) => ({
      counts: (_n, _k, p, q) => {
        const [top, left] = [p * strideH - padH, q * strideW - padW];
        const [bottom, right] = [top + (kH - 1) * dilationH, left + (kW - 1) * dilationW];
        return pixel(top, left) >= 0 && pixel(bottom, right) >= 0;
      },
    }),
  ],
];

export const wrongGroups: readonly WrongPlaces[] = [
  [
    "all groups use the channels of the first",
    ({ C, G }, { channel }) => ({ channel: (k, c) => channel(k, c) % (C / G) }),
  ],
  [
    "channels are dealt to the groups in turn, not in blocks",
    ({ K, G }) => ({ channel: (k, c) => c * G + Math.floor(k / (K / G)) }),
  ],
  [
    "filters are dealt to the groups in turn, not in blocks",
    ({ C, G }) => ({ channel: (k, c) => (k % G) * (C / G) + c }),
  ],
  [
    "all groups use the dOut of the first",
    ({ K, G }, { dOutAt }) => ({ dOutAt: (n, k, p, q) => dOutAt(n, k % (K / G), p, q) }),
  ],
];

/** Of dWeight and dBias, which add up over all windows. */
export const wrongSums: readonly WrongPlaces[] = [
  [
    "only the first window of each image counts: the sum over windows is missing",
    () => ({ counts: (_n, _k, p, q) => p === 0 && q === 0 }),
  ],
  [
    "only the last window of each image counts: = for +=",
    ({ outH, outW }) => ({ counts: (_n, _k, p, q) => p === outH - 1 && q === outW - 1 }),
  ],
  [
    "only the last window of the last image counts: = for +=",
    ({ N, outH, outW }) => ({
      counts: (n, _k, p, q) => n === N - 1 && p === outH - 1 && q === outW - 1,
    }),
  ],
  ["only the first row of windows counts", () => ({ counts: (_n, _k, p) => p === 0 })],
  ["only the first column of windows counts", () => ({ counts: (_n, _k, _p, q) => q === 0 })],
];

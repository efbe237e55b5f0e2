import type { Mistaken, MistakenPoint } from "./mistaken.js";

/** A pixel, and the numbers of the image. */
interface Pixel {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  /** Of dX, in row-major order. */
  readonly at: number;
  readonly N: number;
  readonly C: number;
  readonly H: number;
  readonly W: number;
}

/** dX, pixel by pixel, from dOut as flat numbers and as a function of n and c. */
export function toEachPixel(
  { inputs, dOut }: MistakenPoint,
  entry: (pixel: Pixel, of: (n: number, c: number) => number, flat: readonly number[]) => number,
): number[] {
  const [N, C, H, W] = inputs["x"]!.shape as [number, number, number, number];
  const flat = [...dOut.contiguous().data];
  const of = (n: number, c: number): number => flat[n * C + c]!;
  const dX: number[] = [];
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) {
          const pixel = { n, c, h, w, at: dX.length, N, C, H, W };
          dX.push(entry(pixel, of, flat));
        }
  return dX;
}

const entries: Readonly<Record<string, Parameters<typeof toEachPixel>[1]>> = {
  "the factor 1/(H·W) is left out: each pixel gets all of dOut": ({ n, c }, of) => of(n, c),
  "H and W are mixed up: the factor has to be 1/(H·W), not 1/H²": ({ n, c, H }, of) =>
    of(n, c) / (H * H),
  "H and W are mixed up: the factor has to be 1/(H·W), not 1/W²": ({ n, c, W }, of) =>
    of(n, c) / (W * W),
  "brackets are missing: it has to be dOut / (H·W), not dOut / H · W": ({ n, c, H, W }, of) =>
    (of(n, c) / H) * W,
  "W is left out of the factor 1/(H·W)": ({ n, c, H }, of) => of(n, c) / H,
  "H is left out of the factor 1/(H·W)": ({ n, c, W }, of) => of(n, c) / W,
  "H + W divides instead of H·W": ({ n, c, H, W }, of) => of(n, c) / (H + W),
  "1/(H·W) is multiplied in twice": ({ n, c, H, W }, of) => of(n, c) / (H * W * H * W),
  "the mean is taken over C·H·W entries instead of H·W pixels": ({ n, c, C, H, W }, of) =>
    of(n, c) / (C * H * W),
  "the mean is taken over N·H·W entries instead of H·W pixels": ({ n, c, N, H, W }, of) =>
    of(n, c) / (N * H * W),
  "only the first pixel of a channel gets its share; all pixels have to": (
    { n, c, h, w, H, W },
    of,
  ) => (h === 0 && w === 0 ? of(n, c) / (H * W) : 0),
  "the first pixel of a channel gets all of dOut instead of each 1/(H·W) of it": (
    { n, c, h, w },
    of,
  ) => (h === 0 && w === 0 ? of(n, c) : 0),
  "dOut is repeated pixel after pixel; all pixels of a channel have to get dOut[n, c]": (
    { at, H, W },
    _,
    flat,
  ) => flat[at % flat.length]! / (H * W),
  "every image gets the gradient of the first one": ({ c, H, W }, of) => of(0, c) / (H * W),
  "every channel gets the gradient of the first one": ({ n, H, W }, of) => of(n, 0) / (H * W),
  "n and c have changed places: dOut is read as [C, N]": ({ n, c, N, H, W }, _, flat) =>
    flat[c * N + n]! / (H * W),
};

export const globalAveragePool2d: readonly Mistaken[] = Object.entries(entries).map(
  ([says, entry]) => ({
    argument: "x",
    says,
    tag: "pooling.8",
    gradient: (point) => toEachPixel(point, entry),
  }),
);

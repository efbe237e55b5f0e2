/** What the extents of a layer are called: a factor is named by what it is, not by its number. */
import { sizeOf } from "../../tensor/index.js";
import type { MistakenPoint } from "../mistaken/mistaken.js";

/** Numbers by what they are called: `N, the batch`. */
export type Quantities = Readonly<Record<string, number>>;

/**
 * The extents at a point, and the products of them that sums and means run over. Several may be
 * equal there; over several geometries no two are.
 */
export function quantitiesOf(layer: string, point: MistakenPoint): Quantities {
  const x = Object.values(point.inputs)[0]!.shape;
  return {
    ...(x.length > 1 ? { "N, the batch": x[0]! } : {}),
    ...ofFamily(layer, x, point),
    ...(point.dOut.rank === 0 ? { "dOut, the upstream gradient": point.dOut.item() } : {}),
    "all entries": sizeOf(x),
  };
}

function ofFamily(layer: string, x: readonly number[], point: MistakenPoint): Quantities {
  const weight = point.inputs["weight"]?.shape ?? [];
  if (/^batchNorm/.test(layer))
    return { "C, the channels": x[1]!, "M, the values of a channel": sizeOf(x) / x[1]! };
  if (layer === "layerNorm")
    return {
      "M, the values of a row": sizeOf(weight),
      "the rows": sizeOf(x) / sizeOf(weight),
    };
  if (layer === "affine")
    return { "D, the inputs of a row": x[1]!, "O, the outputs of a row": weight[0]! };
  if (/^softmax/.test(layer)) return { "C, the classes": x.at(-1)! };
  if (x.length === 4) return ofImages(x, weight, point);
  return {};
}

function ofImages(
  [, C, H, W]: readonly number[],
  weight: readonly number[],
  { options, dOut }: MistakenPoint,
): Quantities {
  const pixels = {
    "C, the channels": C!,
    "H·W, the pixels of a channel": H! * W!,
    "H, the height": H!,
    "W, the width": W!,
  };
  const isConvolution = weight.length === 4;
  const window = isConvolution ? weight.slice(2) : options["kernelSize"];
  if (!Array.isArray(window)) return pixels;
  const [kH, kW] = window as [number, number];
  const [, , outH = 1, outW = 1] = dOut.shape;
  return {
    ...pixels,
    "kH·kW, the area of the window": kH * kW,
    "kH, the window's height": kH,
    "kW, the window's width": kW,
    "outH·outW, the windows": outH * outW,
    ...(isConvolution
      ? { "K, the filters": weight[0]!, "R, the entries under one filter": sizeOf(weight.slice(1)) }
      : {}),
  };
}

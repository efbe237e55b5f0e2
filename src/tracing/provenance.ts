/** Where any number of a step comes from. */
import { Affine, Conv2d, Flatten, MaxPool2d, Relu } from "../backprop/index.js";
import { conv2dGeometry } from "../im2col/index.js";
import { reject } from "../tensor/index.js";
import {
  convolutionDBias,
  convolutionDWeight,
  convolutionDX,
  convolutionOut,
} from "./conv2d-provenance.js";
import type { Address } from "./expression.js";
import {
  affineDBias,
  affineDWeight,
  affineDX,
  affineOut,
  flattenDX,
  flattenOut,
  poolDX,
  type PoolPlace,
  poolOut,
  reluDX,
  reluOut,
} from "./layer-provenance.js";
import { lossOrigin } from "./loss-provenance.js";
import type { Origin } from "./origin.js";
import { type TracedStep, tracedParameters } from "./traced-step.js";
import { type UpdateRule, updateOrigin } from "./update-provenance.js";

/**
 * How a number of a step came about.
 *
 * @param rule of the step's optimizer
 * @returns null for a number that the step began with: the image, the target, the parameters, and
 *   what the optimizer remembers
 * @throws InputError when there is no such number, or a layer is of a kind that is not known here:
 *   a convolution without groups, a rectifier, a max pooling, flattening and an affine layer are
 */
export function originOf(traced: TracedStep, address: Address, rule: UpdateRule): Origin | null {
  const { tensors, setup, step } = traced;
  const { tensor, index } = address;
  const found = tensors.get(tensor);
  if (found === undefined) reject("originOf", "a tensor of the step", tensor);
  if (found!.data[index] === undefined)
    reject("originOf", `an index below ${found!.data.length} in ${tensor}`, String(index));
  const last = setup.layers.at(-1)!.name;
  const C = tensors.get("p")!.data.length;
  const ofLoss = lossOrigin(tensor, index, `${last}.out`, C);
  if (ofLoss !== null) return ofLoss;
  if (tensor.endsWith(".new")) {
    const own = tracedParameters(setup.layers).find(({ name }) => tensor.startsWith(`${name}.`))!;
    return updateOrigin(tensor, { weight: own.name, gradient: own.gradient }, index, rule, step);
  }
  const at = setup.layers.findIndex(({ name }) => tensor.startsWith(`${name}.`));
  const part = at < 0 ? "" : tensor.slice(setup.layers[at]!.name.length + 1);
  return at < 0 ? null : originInLayer(traced, at, part, index);
}

/** @param part of the layer: `out`, `dX`, `dWeight`, `dBias`, or what it began with */
function originInLayer(traced: TracedStep, at: number, part: string, index: number): Origin | null {
  const { tensors, setup, winners } = traced;
  const { name, layer } = setup.layers[at]!;
  const x = at === 0 ? "x" : `${setup.layers[at - 1]!.name}.out`;
  const dOut = at === setup.layers.length - 1 ? "dLogits" : `${setup.layers[at + 1]!.name}.dX`;
  const xShape = tensors.get(x)!.shape;
  const outShape = tensors.get(`${name}.out`)!.shape;
  if (!["out", "dX", "dWeight", "dBias"].includes(part)) return null;
  if (layer instanceof Conv2d) {
    const weightShape = layer.weight.value.shape;
    const kernelSize = [weightShape[2]!, weightShape[3]!] as const;
    if ((layer.options.groups ?? 1) !== 1) reject("originOf", "a convolution without groups", name);
    const { stride, padding, dilation } = layer.options;
    const windows = {
      kernelSize,
      ...(stride !== undefined && { stride }),
      ...(padding !== undefined && { padding }),
      ...(dilation !== undefined && { dilation }),
    };
    const geometry = conv2dGeometry("originOf", xShape[2]!, xShape[3]!, windows);
    const hasBias = layer.bias !== null;
    const place = { name, geometry, x, xShape, weightShape, hasBias, dOut, outShape };
    if (part === "out") return convolutionOut(place, index);
    if (part === "dX") return convolutionDX(place, index);
    return part === "dBias" ? convolutionDBias(place, index) : convolutionDWeight(place, index);
  }
  if (layer instanceof Affine) {
    const [O, I] = layer.weight.value.shape as [number, number];
    const place = { name, x, dOut, O, I, hasBias: layer.bias !== null };
    if (part === "out") return affineOut(place, index);
    if (part === "dX") return affineDX(place, index);
    return part === "dBias" ? affineDBias(place, index) : affineDWeight(place, index);
  }
  if (layer instanceof Relu) {
    if (part === "out") return reluOut(x, index);
    return reluDX(x, dOut, index, tensors.get(x)!.data[index]! > 0);
  }
  if (layer instanceof MaxPool2d) {
    const { options } = layer;
    const geometry = conv2dGeometry("originOf", xShape[2]!, xShape[3]!, {
      stride: options.kernelSize,
      ...options,
    });
    const own = winners.get(name)!;
    const place: PoolPlace = { x, xShape, dOut, outShape, geometry, winners: own };
    return part === "out" ? poolOut(place, index) : poolDX(place, index);
  }
  if (layer instanceof Flatten)
    return part === "out" ? flattenOut(x, index) : flattenDX(dOut, index);
  return reject("originOf", "a kind of layer that it knows", layer.kind);
}

/** Passes from planes of one size to planes of another: the poolings, and im2col. */
import { Columns, type WindowGeometry } from "../../im2col/index.js";
import { formatShape, reject, type Storage, type Tensor } from "../../tensor/index.js";
import type { MaxPool2dResult } from "../backend.js";
import { WinnersGradient } from "../winners-gradient.js";
import { Flag, type JobFields, type JobRunner, type kernelNumbers } from "./jobs.js";
import type { WasmMemory } from "./memory.js";

export class Planes {
  readonly #memory: WasmMemory;
  readonly #jobs: JobRunner;

  constructor(memory: WasmMemory, jobs: JobRunner) {
    this.#memory = memory;
    this.#jobs = jobs;
  }

  /** See {@link Backend.im2col}. One group is not laid out: the products do it, image by image. */
  im2col(x: Tensor, geometry: WindowGeometry, groups: number): Columns {
    const { kH, kW, outH, outW } = geometry;
    const shape = [x.shape[0]!, x.shape[1]! * kH * kW, outH * outW];
    const layOut = (): Tensor =>
      this.#memory.produce(shape, (out) => this.#run("im2col", x, out, geometry));
    if (groups === 1) return new Columns(x, geometry, groups, layOut);
    // products take groups from memory, forward and backward
    const laidOut = layOut();
    return new Columns(x, geometry, groups, () => laidOut);
  }

  /** See {@link Backend.maxPool2d}. */
  maxPool2d(x: Tensor, geometry: WindowGeometry, rectify: boolean): MaxPool2dResult {
    const flags = rectify ? Flag.rectify : 0;
    return this.#memory.producePooled(pooledShape(x, geometry), (out, argmax) =>
      this.#run("maxPool2d", x, out, geometry, { extra: argmax, flags }),
    );
  }

  /** See {@link Backend.maxPool2dBackward}. */
  maxPool2dBackward(dOut: Tensor, argmax: Storage<Int32Array>, geometry: WindowGeometry): Tensor {
    checkWinners(dOut, argmax);
    return this.#memory.produce(imageShape(dOut, geometry), (out) => {
      const extra = this.#memory.addressOfIntegers(argmax);
      this.#run("maxPool2dBackward", dOut, out, geometry, { extra });
    });
  }

  /** See {@link Backend.winnersGradient}. */
  winnersGradient(
    dOut: Tensor,
    argmax: Storage<Int32Array>,
    geometry: WindowGeometry,
  ): WinnersGradient {
    checkWinners(dOut, argmax);
    const layOut = (): Tensor => this.maxPool2dBackward(dOut, argmax, geometry);
    return new WinnersGradient(dOut, argmax, geometry, layOut);
  }

  /** See {@link Backend.averagePool2d}. */
  averagePool2d(x: Tensor, geometry: WindowGeometry): Tensor {
    return this.#memory.produce(pooledShape(x, geometry), (out) =>
      this.#run("averagePool2d", x, out, geometry),
    );
  }

  /** See {@link Backend.averagePool2dBackward}. */
  averagePool2dBackward(dOut: Tensor, geometry: WindowGeometry): Tensor {
    return this.#memory.produce(imageShape(dOut, geometry), (out) =>
      this.#run("averagePool2dBackward", dOut, out, geometry),
    );
  }

  #run(
    kernel: keyof typeof kernelNumbers,
    x: Tensor,
    out: number,
    geometry: WindowGeometry,
    fields: Partial<JobFields> = {},
  ): void {
    const [N, C] = x.shape as [number, number];
    const [at, where] = [this.#memory.address(x), this.#memory.geometry(geometry)];
    this.#jobs.run(kernel, { items: N * C, x: at, out, geometry: where, ...fields });
  }
}

function checkWinners(dOut: Tensor, { data }: Storage<Int32Array>): void {
  if (data.length === dOut.size) return;
  const expected = `${dOut.size} winners for dOut ${formatShape(dOut.shape)}`;
  reject("maxPool2dBackward", expected, String(data.length));
}

function pooledShape(x: Tensor, { outH, outW }: WindowGeometry): number[] {
  return [x.shape[0]!, x.shape[1]!, outH, outW];
}

function imageShape(dOut: Tensor, { H, W }: WindowGeometry): number[] {
  return [dOut.shape[0]!, dOut.shape[1]!, H, W];
}

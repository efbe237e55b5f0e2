/** Passes from planes of one size to planes of another: the poolings, and im2col. */
import { Columns, type WindowGeometry } from "../../im2col/index.js";
import { formatShape, reject, type Storage, type Tensor } from "../../tensor/index.js";
import type { MaxPool2dResult, PoolOptions } from "../backend.js";
import { channelExtents } from "../reference/channels.js";
import { WinnersGradient } from "../winners-gradient.js";
import type { JobRunner } from "./jobs.js";
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
      this.#memory.produce(shape, (cols) =>
        this.#jobs.run("im2col", { ...this.#from(x), cols, geometry }),
      );
    if (groups === 1) return new Columns(x, geometry, groups, layOut);
    // products take groups from memory, forward and backward
    const laidOut = layOut();
    return new Columns(x, geometry, groups, () => laidOut);
  }

  /** See {@link Backend.maxPool2d}. */
  maxPool2d(x: Tensor, geometry: WindowGeometry, options: PoolOptions): MaxPool2dResult {
    const { rectify = false, affine = null } = options;
    if (affine !== null) channelExtents("maxPool2d", x, {}, affine);
    return this.#memory.producePooled(pooledShape(x, geometry), (out, argmax) =>
      this.#jobs.run("maxPool2d", {
        ...this.#from(x),
        scale: affine === null ? 0 : this.#memory.address(affine.scale),
        shift: affine === null ? 0 : this.#memory.address(affine.shift),
        out,
        argmax,
        C: x.shape[1]!,
        rectify,
        geometry,
      }),
    );
  }

  /** See {@link Backend.maxPool2dBackward}. */
  maxPool2dBackward(dOut: Tensor, argmax: Storage<Int32Array>, geometry: WindowGeometry): Tensor {
    checkWinners(dOut, argmax);
    return this.#memory.produce(imageShape(dOut, geometry), (dX) => {
      const winners = this.#memory.addressOfIntegers(argmax);
      const { items, x } = this.#from(dOut);
      const counts = { S: geometry.outH * geometry.outW, P: geometry.H * geometry.W };
      this.#jobs.run("maxPool2dBackward", { items, ...counts, dOut: x, argmax: winners, dX });
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
      this.#jobs.run("averagePool2d", { ...this.#from(x), out, geometry }),
    );
  }

  /** See {@link Backend.averagePool2dBackward}. */
  averagePool2dBackward(dOut: Tensor, geometry: WindowGeometry): Tensor {
    return this.#memory.produce(imageShape(dOut, geometry), (dX) => {
      const { items, x } = this.#from(dOut);
      this.#jobs.run("averagePool2dBackward", { items, dOut: x, dX, geometry });
    });
  }

  /** All planes of a tensor, and where it is. */
  #from(tensor: Tensor): { readonly items: number; readonly x: number } {
    const [N, C] = tensor.shape as [number, number];
    return { items: N * C, x: this.#memory.address(tensor) };
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

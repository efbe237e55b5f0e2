import type * as GpuJs from "../gpujs.js";
import { type GpuMode, hasDevice } from "../modes.js";
import { flatten, type KernelResult } from "../quads.js";

/** What gpu.js calls memory on a device; in the modes without one, an input. */
type DeviceArray = GpuJs.Input | WebGpuArray | GlArray;

/** A buffer, as gpu.js hands it out. */
interface WebGpuArray {
  output: number[];
  componentCount: number;
  clone(): WebGpuArray;
  delete(): void;
  toArray(): Promise<Float32Array>;
}

/** A texture, as gpu.js hands it out. */
interface GlArray {
  type: string;
  output: number[];
  dimensions: number[];
  renderValues(): Float32Array;
  clone(): GlArray;
  delete(): void;
}

type GlArrayClass = new (settings: object) => GlArray;

/** Numbers that a kernel has left on a device, flat, until they are released. */
export interface Handle {
  readonly length: number;
  /** What kernels take as an argument. */
  readonly array: DeviceArray;
}

/**
 * Makes flat memory of what a kernel has computed. A thread that returns four numbers writes them
 * one after the other; only gpu.js's name for the memory has to be told that they are so many
 * single ones.
 */
export class Handles {
  readonly #gpujs: typeof GpuJs;
  readonly #mode: GpuMode;
  /** What textures of single numbers, four to a pixel, are instances of. */
  #GlArray: GlArrayClass | null = null;
  #held = 0;

  constructor(gpujs: typeof GpuJs, mode: GpuMode) {
    this.#gpujs = gpujs;
    this.#mode = mode;
  }

  /** How many there are that have not been released. */
  get held(): number {
    return this.#held;
  }

  /** @param result of a kernel whose threads, all together, computed `length` numbers */
  over(result: unknown, length: number, areQuads: boolean): Handle {
    if (!hasDevice(this.#mode))
      return this.here(flatten(result as KernelResult, [length / 4, 1, 1]).data);
    this.#held++;
    if (this.#mode === "webgpu") {
      const buffer = result as WebGpuArray;
      buffer.output = [length];
      buffer.componentCount = 1;
      return { length, array: buffer };
    }
    return { length, array: this.#texture(result as GlArray, length, areQuads) };
  }

  /** Flat memory on JavaScript's heap, in the modes that have no other. */
  here(data: Float32Array): Handle {
    const { length } = data;
    this.#held++;
    return { length, array: new this.#gpujs.Input(data as unknown as number[], [length]) };
  }

  #texture(texture: GlArray, length: number, areQuads: boolean): GlArray {
    if (!areQuads) {
      this.#GlArray ??= texture.constructor as GlArrayClass;
      return texture;
    }
    if (this.#GlArray === null)
      throw new Error("gpuBackend: expected a texture of single numbers first, got one of fours");
    // takes a share in the texture; the other is given back
    const flat = new this.#GlArray({ ...texture, output: [length], dimensions: [length, 1, 1] });
    texture.delete();
    return flat;
  }

  /** Copies the numbers here, once all kernels that were started before have ended. */
  async read({ length, array }: Handle): Promise<Float32Array> {
    if ("value" in array) return (array.value as unknown as Float32Array).slice(0, length);
    if ("toArray" in array && this.#mode === "webgpu")
      return (await (array as WebGpuArray).toArray()).subarray(0, length);
    // rows of pixels; the last one is filled up
    return (array as GlArray).renderValues().subarray(0, length);
  }

  /** Another share in the same numbers, to be released on its own. */
  share({ length, array }: Handle): Handle {
    this.#held++;
    return { length, array: "clone" in array ? array.clone() : array };
  }

  /**
   * Gives a handle up.
   *
   * @returns what gives its memory back, to be called when no kernel is to be started with it
   */
  release({ array }: Handle): () => void {
    this.#held--;
    return () => {
      if ("delete" in array) array.delete();
    };
  }
}

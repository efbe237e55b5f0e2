/**
 * The reference backend with its numbers out of reach, as on a graphics card: what it returns, and
 * what lives in its `persistent` memory, can be looked at only after `read`. Whoever looks earlier
 * gets the error that a device would give.
 */
import { type Backend, referenceBackend } from "leibniz/kernels";
import {
  type Allocator,
  type Data,
  type DType,
  type Elsewhere,
  InputError,
  Storage,
  Tensor,
} from "leibniz/tensor";

/** Whether one of the backend's own operations runs, which may look at everything. */
let isInside = false;

class FarMemory implements Elsewhere {
  readonly dtype: DType;
  readonly length: number;
  readonly #data: Data;
  isHere: boolean;

  constructor(data: Data, isHere: boolean) {
    this.#data = data;
    this.dtype = data instanceof Float32Array ? "float32" : "float64";
    this.length = data.length;
    this.isHere = isHere;
  }

  here(): Data {
    if (!this.isHere && !isInside)
      throw new InputError(
        "Tensor.data: expected numbers that are here, got some that are far; read them first",
      );
    return this.#data;
  }

  get isFar(): boolean {
    return !this.isHere && !isInside;
  }

  fill(value: number): void {
    this.#data.fill(value);
  }
}

const persistent: Allocator = {
  allocate: (dtype, length) =>
    new Storage(
      new FarMemory(
        dtype === "float32" ? new Float32Array(length) : new Float64Array(length),
        true,
      ),
    ),
};

/** Its results, in plain objects too, with their numbers out of reach. */
function far(result: unknown): unknown {
  if (result instanceof Tensor)
    return Tensor.over(new Storage(new FarMemory(result.contiguous().data, false)), result.shape);
  if (result === null || typeof result !== "object") return result;
  if (Object.getPrototypeOf(result) !== Object.prototype) return result;
  return Object.fromEntries(Object.entries(result).map(([name, part]) => [name, far(part)]));
}

function setHere(tensor: unknown, isHere: boolean): void {
  if (!(tensor instanceof Tensor)) return;
  const { elsewhere } = tensor.storage;
  if (elsewhere instanceof FarMemory) elsewhere.isHere = isHere;
}

/** Numbers of channels and of rows, with which layers compute on: they are here at once. */
const NEAR = ["channelMoments", "channelSums", "rowMoments", "rowSums"];

/** Operations that change what they are given. */
const changed: Readonly<Record<string, (args: readonly unknown[]) => readonly unknown[]>> = {
  accumulate: ([target]) => [target],
  update: ([, tensors]) => Object.values(tensors as Record<string, unknown>),
};

type Operation = (...args: unknown[]) => Promise<unknown>;

export function farBackend(): Backend {
  const base = referenceBackend() as unknown as Record<string, unknown>;
  const own: Record<string, unknown> = { ...base, name: "far", persistent };
  for (const [name, operation] of Object.entries(base)) {
    if (typeof operation !== "function" || ["read", "step", "dispose"].includes(name)) continue;
    own[name] = async (...args: unknown[]) => {
      isInside = true;
      let result: Promise<unknown>;
      try {
        result = (operation as Operation)(...args); // the reference computes at once
      } finally {
        isInside = false;
      }
      const found = NEAR.includes(name) ? await result : far(await result);
      for (const tensor of changed[name]?.(args) ?? []) setHere(tensor, false);
      return found;
    };
  }
  return {
    ...(own as unknown as Backend),
    read: async (tensor) => {
      setHere(tensor, true);
      return tensor;
    },
    step: async (run) => {
      const result = await run();
      setHere(result, true);
      return result;
    },
  };
}

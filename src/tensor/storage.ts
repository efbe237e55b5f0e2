/** Element type: `float32` for training, `float64` for gradient checks and recorded numbers. */
export type DType = "float32" | "float64";

/** The flat memory behind a tensor. */
export type Data = Float32Array | Float64Array;

/**
 * Where the memory of new tensors comes from. The default takes it from JavaScript's heap; a
 * backend may hand out memory that its own kernels can see, without any other code noticing.
 */
export interface Allocator {
  /** @returns `length` zeros of the given type */
  allocate(dtype: DType, length: number): Data;
}

/** Ordinary typed arrays, freed by the garbage collector. */
export const heapAllocator: Allocator = {
  allocate: (dtype, length) =>
    dtype === "float32" ? new Float32Array(length) : new Float64Array(length),
};

/** The element type of existing memory. */
export function dtypeOf(data: Data): DType {
  return data instanceof Float32Array ? "float32" : "float64";
}

/** Passes over flat arrays, entry by entry. */
import { randomBitsKey, sizeOf, type Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { checkAlike } from "../reference/entrywise.js";
import { leastKept } from "../reference/random-mask.js";
import { blocks, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";

type Entrywise = Pick<Backend, "add" | "multiply" | "randomMask">;

/** The passes on the kernels; on `base` for float64. */
export function entrywiseOn(memory: WasmMemory, jobs: JobRunner, base: Entrywise): Entrywise {
  const ofTwo =
    (kernel: "add" | "multiply") =>
    async (a: Tensor, b: Tensor): Promise<Tensor> => {
      checkAlike(kernel, a, b);
      if (a.dtype === "float64") return base[kernel](a, b);
      return memory.produce(a.shape, (out) => {
        const operands = { a: memory.address(a), b: memory.address(b) };
        jobs.run(kernel, { ...blocks(a.size), ...operands, out });
      });
    };
  return {
    add: ofTwo("add"),
    multiply: ofTwo("multiply"),
    randomMask: async (shape, dtype, mask) => {
      if (dtype === "float64") return base.randomMask(shape, dtype, mask);
      const { items, length } = blocks(sizeOf(shape));
      const [keyA, keyB, keyC] = randomBitsKey(mask.seed);
      return memory.produce(shape, (out) =>
        jobs.run("randomMask", {
          items,
          length,
          keyA,
          keyB,
          keyC,
          least: leastKept(mask.zeros),
          value: mask.value,
          out,
        }),
      );
    },
  };
}

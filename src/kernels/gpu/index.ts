/**
 * The gpu backend: the reference backend with its products handed to gpu.js, which runs them on
 * whatever the mode names. In the modes that have a device of their own, what a step makes stays
 * there (see `device/`). In the others everything else is the reference's: those passes touch each
 * number once or twice, and gpu.js does that no faster.
 */
import type * as GpuJs from "./gpujs.js";
import { Columns, im2col, type WindowGeometry } from "../../im2col/index.js";
import {
  type Allocator,
  anything,
  checkOptions,
  flag,
  formatShape,
  heapAllocator,
  notNegative,
  orWord,
  reject,
  type Rules,
  type Tensor,
  wholeNumber,
} from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { referenceBackend } from "../reference/index.js";
import { KernelCache } from "./kernel-cache.js";
import type { Traffic } from "./kernel-calls.js";
import { deviceBackend } from "./device/index.js";
import {
  findModes,
  type GpuMode,
  gpuModes,
  hasDevice,
  isGpuMode,
  lackOf,
  largestTexture,
} from "./modes.js";
import type { CallLimits } from "./product-calls.js";
import { GpuProducts } from "./products.js";
import { measuredThreshold } from "./threshold.js";

export { type GpuDevice, gpuDevice } from "./device-name.js";
export type { Traffic } from "./kernel-calls.js";
export type { GpuMode } from "./modes.js";

/** What a gpu backend runs on, and which products it hands over. */
export interface GpuBackendOptions {
  /** What gpu.js runs on, a {@link GpuMode}. Left out: the fastest that is there. */
  readonly mode?: string | undefined;
  /** Where results lie that are not on the device; on JavaScript's heap if left out. */
  readonly allocator?: Allocator;
  /**
   * Products of fewer multiplications stay on the reference; 0 sends all to gpu.js. Left out: what
   * was measured for the mode, on another machine; `"measured"`: what is measured on this one now,
   * once for each mode, in a fraction of a second.
   */
  readonly smallestProduct?: number | "measured" | undefined;
  /**
   * For how many shapes a kernel is kept, in mode `webasm`, which compiles one for each; the other
   * modes compile each kernel once. At least 1; 16 if left out.
   */
  readonly kernelCapacity?: number;
  /**
   * How long to wait for a small product before the device counts as lost, in seconds; 30 if left
   * out. Larger ones get more.
   */
  readonly secondsToAnswer?: number;
  /** See {@link Backend.check}; false if left out. */
  readonly check?: boolean;
  /**
   * Whether the results of a step stay where the kernels are. Left out: in the modes that have a
   * device.
   */
  readonly stepsOnDevice?: boolean | undefined;
}

/** A {@link Backend} that also tells what it does on its device. */
export interface GpuBackend extends Backend {
  /** What gpu.js really runs on. */
  readonly mode: GpuMode;
  /** How many multiplications a product needs to go to gpu.js; ∞ where it is never faster. */
  readonly smallestProduct: number;
  /** How many compiled kernels it holds. */
  readonly kernelCount: number;
  /** How often it has called one. */
  readonly callCount: number;
  /**
   * How many bytes kernels were given and have handed back. In the modes without a device they stay
   * on JavaScript's heap.
   */
  readonly traffic: Traffic;
  /** How many results are held on the device: of the step that runs, and of what outlasts steps. */
  readonly held: number;
  /**
   * By the name of an operation, how often it brought operands from the device to run on the
   * processor, since there is no kernel for it.
   */
  readonly returns: ReadonlyMap<string, number>;
}

/**
 * Fewer multiplications than this stay on the reference, which does 2,400 in a microsecond: by the
 * time that a call which computes next to nothing has come back, they are done. Such a call takes 7
 * to 8 µs in the modes that run on the processor, 0.12 ms in mode `webgpu` (0.3 ms in Chromium),
 * and 0.6 ms in mode `webgl2`. (The best of many calls for 8×8×8 multiplications by
 * `bench/gpu-products.mjs`, on two cores of an AMD EPYC, with the software driver SwiftShader,
 * which is no farther away than a graphics card; `webgl2` the same way on a page in Chromium;
 * `headlessgl` is taken to be like it.)
 */
const SMALLEST_PRODUCT: Readonly<Record<GpuMode, number>> = {
  webgpu: 2 ** 18,
  webgl2: 2 ** 20,
  headlessgl: 2 ** 20,
  webasm: 2 ** 14,
  cpu: 2 ** 14,
};

/**
 * A training step of a network with two affine layers needs six shapes of the product, the shorter
 * last batch of an epoch as many again, and evaluation four. Each shape has a memory of its own,
 * and a browser sets so much aside for one that it has room for about a hundred.
 */
const KERNEL_CAPACITY = 16;

const rules: Rules<GpuBackendOptions> = {
  mode: anything("a mode"),
  allocator: anything("where memory comes from"),
  smallestProduct: orWord("measured", notNegative),
  kernelCapacity: wholeNumber(1),
  secondsToAnswer: notNegative,
  check: flag,
  stepsOnDevice: flag,
};

/**
 * How many entries an operand or a result of one call may have: float32, the type of a kernel's
 * variables in most modes, counts to here without gaps.
 */
const MOST_ENTRIES = 2 ** 24;

/** WebGPU starts at most this many groups of threads along one axis of a result. */
const LARGEST_EXTENT = 65535;

/** A software driver on a busy machine took half a second for its first kernel. */
const SECONDS_TO_ANSWER = 30;

/** A megabyte, loaded only when a gpu backend is opened. */
const loadGpuJs = (): Promise<typeof GpuJs> => import("./gpujs.js");

/**
 * The modes that work on this machine as far as gpu.js can tell, the fastest first; see {@link
 * findModes} for drivers that are software.
 */
export async function availableGpuModes(software?: "last" | "none"): Promise<GpuMode[]> {
  return findModes(await loadGpuJs(), software);
}

/**
 * Builds a backend on gpu.js and runs one small product on it, so that a mode which does not work
 * here is found out at once. `mode` then says what that product really ran on, and every later one
 * is checked to have stayed there.
 *
 * The products of `matmul`, `matmulSum` and `productOntoImages` in float32 go to gpu.js; with a
 * device, so do activations, poolings, normalisation by channels, sums and updates on what is there
 * already. Those in float64 do not, since no device has that type: gradient checks run on the
 * reference, whatever the backend. Sums on a device are float32 sums, so results agree with the
 * reference to about √I units of the last place. An infinite weight may make more of a
 * convolution's dX NaN than on the reference (see `derivations/conv2d-groups.md`, "A pixel that
 * gathers").
 *
 * @throws InputError when gpu.js has no such mode, or this machine has not
 * @throws Error when gpu.js fails on the mode, or moves to another
 * @throws MachineError when the device is lost; so does every product from then on
 */
export async function gpuBackend(options: GpuBackendOptions = {}): Promise<GpuBackend> {
  const {
    allocator = heapAllocator,
    kernelCapacity = KERNEL_CAPACITY,
    secondsToAnswer = SECONDS_TO_ANSWER,
    check = false,
    stepsOnDevice,
  } = checkOptions("gpuBackend", options, rules);
  const gpujs = await loadGpuJs();
  const mode = await modeOf(options.mode, gpujs);
  const base = referenceBackend(allocator, { check });
  const kernels = new KernelCache(gpujs, mode, { capacity: kernelCapacity, secondsToAnswer });
  const limits = limitsOf(mode, gpujs);
  const asked = options.smallestProduct;
  const { smallest, products } = await openProducts(mode, kernels, { base, limits }, asked);
  const below = backendOf(products, kernels, base);
  const returns = new Map<string, number>();
  const count = (name: string): void => void returns.set(name, (returns.get(name) ?? 0) + 1);
  const staying = stepsOnDevice ?? hasDevice(mode);
  return {
    ...(staying ? deviceBackend(below, kernels, { smallest, limits, count }) : below),
    name: "gpu",
    mode,
    note: Number.isFinite(smallest)
      ? null
      : `no product is faster in mode ${mode} than on the processor, so all run there`,
    smallestProduct: smallest,
    returns,
    get held() {
      return kernels.held;
    },
    get traffic() {
      return kernels.traffic;
    },
    get kernelCount() {
      return kernels.size;
    },
    get callCount() {
      return kernels.calls;
    },
  };
}

/** Makes sure that the mode works, and finds out which products are for it. */
async function openProducts(
  mode: GpuMode,
  kernels: KernelCache,
  { base, limits }: { readonly base: Backend; readonly limits: CallLimits },
  asked: GpuBackendOptions["smallestProduct"] = SMALLEST_PRODUCT[mode],
): Promise<{ readonly smallest: number; readonly products: GpuProducts }> {
  const all = new GpuProducts(kernels, base, { smallest: 0, limits });
  try {
    await all.probe(mode);
    const smallest = asked === "measured" ? await measuredThreshold(mode, all, base) : asked;
    return { smallest, products: new GpuProducts(kernels, base, { smallest, limits }) };
  } catch (error) {
    await kernels.dispose();
    throw error;
  }
}

/** The reference with its products handed over. */
function backendOf(products: GpuProducts, kernels: KernelCache, base: Backend): Backend {
  return {
    ...base,
    matmul: (a, b, options = {}) => products.matmul(a, b, options),
    matmulSum: (a, b, options = {}) => products.matmulSum(a, b, options),
    im2col: async (x, geometry, groups = 1) => {
      checkImages(x, geometry);
      const cols: Columns = new Columns(x, geometry, groups, () =>
        im2col(cols.x, geometry, base.allocator),
      );
      return cols;
    },
    productOntoImages: (a, b, channels, geometry) =>
      products.productOntoImages(a, b, channels, geometry),
    step: async (run) => {
      kernels.checkInUse();
      return base.step(run);
    },
    dispose: () => kernels.dispose(),
  };
}

/** The mode that was asked for, or the fastest. @throws InputError when it is not here */
async function modeOf(asked: string | undefined, gpujs: typeof GpuJs): Promise<GpuMode> {
  const mode = asked ?? (await findModes(gpujs))[0]!;
  if (!isGpuMode(mode))
    reject(
      "gpuBackend",
      `a mode of gpu.js (${gpuModes.join(", ")}; available here: ` +
        `${(await findModes(gpujs)).join(", ")})`,
      JSON.stringify(mode),
    );
  const lack = await lackOf(mode, gpujs);
  if (lack !== null)
    reject(
      "gpuBackend",
      `a mode that is available here (${(await findModes(gpujs)).join(", ")})`,
      JSON.stringify(mode),
      lack,
    );
  return mode;
}

function limitsOf(mode: GpuMode, gpujs: typeof GpuJs): CallLimits {
  const texture = largestTexture(mode, gpujs);
  return {
    extent: Math.min(LARGEST_EXTENT, texture),
    entries: Math.min(MOST_ENTRIES, texture * texture),
  };
}

/** What {@link im2col} would find out, had it laid out the columns. */
function checkImages({ shape }: Tensor, { H, W }: WindowGeometry): void {
  if (shape.length === 4 && shape[2] === H && shape[3] === W) return;
  reject("im2col", `x of shape [N, C, ${H}, ${W}]`, formatShape(shape));
}

/** The operations that cost time, behind one interface, on several backends. */
export type {
  Backend,
  ChannelAffine,
  ChannelLine,
  ChannelMoments,
  ChannelSums,
  MatmulOptions,
  MaxPool2dResult,
  PoolOptions,
  FunctionAndSlope,
  RandomMask,
  WithSlope,
  RowAffine,
  RowLine,
  RowSums,
  RowWeights,
} from "./backend.js";
export { checkBackend } from "./check-backend.js";
export type { KnownActivation, KnownPair } from "./activations.js";
export type {
  Rates as UpdateRates,
  UpdateKind,
  UpdateNumbers,
  Updates,
  UpdateTensors,
  Weights as UpdateWeights,
} from "./updates.js";
export { WinnersGradient } from "./winners-gradient.js";
export { reference, referenceBackend } from "./reference/index.js";
export { gemmLoops } from "./reference/gemm-loops.js";
export { gemmSparse } from "./reference/gemm-sparse.js";
export { gemmTiled } from "./reference/gemm-tiled.js";
export type { Gemm, GemmExtents, MatrixView } from "./reference/matrix.js";
export { convolutionFlop, gemmRows, ladder, type Rung } from "./ladder/index.js";
export type {
  GpuBackend,
  GpuBackendOptions,
  GpuDevice,
  GpuMode,
  Traffic,
} from "./gpu/index.js";
export {
  MOST_THREADS,
  availableGpuModes,
  type BackendName,
  backendNames,
  gpuBackend,
  gpuDevice,
  machineLimits,
  openBackend,
  type OpenBackendOptions,
  wasmBackend,
} from "./open-backend.js";
export {
  type BackendMeasurement,
  type FastestBackendOptions,
  openFastestBackend,
  type Work,
  type WorkOnBackend,
} from "./fastest-backend.js";
export type { WasmBackendOptions } from "./wasm/index.js";
export type { MachineLimits } from "./wasm/limits.js";

/** Numbers with a shape: the tensor, its views, arithmetic, and seeded random numbers. */
export { InputError, MachineError, formatShape, reject } from "./errors.js";
export { awaitHint, isClass, isPlain, isPromise, shown, whatIs } from "./what-is.js";
export { isNode, nodeModule } from "./node.js";
export type { StopSignal } from "./stop-signal.js";
export {
  type Allocator,
  type Data,
  type DType,
  heapAllocator,
  Lifetime,
  Storage,
  type Elsewhere,
} from "./storage.js";
export {
  anything,
  belowOne,
  checkOptions,
  extents,
  finite,
  flag,
  nearestName,
  notNegative,
  oneOf,
  orWord,
  pairOf,
  positive,
  rejectOption,
  required,
  type Rule,
  type Rules,
  share,
  wholeNumber,
} from "./options.js";
export {
  checkDepth,
  checkedOptions,
  type Describe,
  describedBy,
  describedKind,
  describing,
  type Description,
  type DescriptionWords,
  inside,
  type Kind,
  refuseFunction,
} from "./descriptions.js";
export { broadcastShape, sameShape, sizeOf } from "./shape.js";
export type { Nested } from "./nested.js";
export { type SliceRange, Tensor, tensor } from "./tensor.js";
export {
  type Elementwise,
  type Operand,
  abs,
  accumulate,
  add,
  divide,
  erf,
  erfc,
  exp,
  expm1,
  log,
  log1p,
  map,
  maximum,
  multiply,
  negate,
  sqrt,
  subtract,
  tanh,
  zip,
} from "./elementwise.js";
export { cosPi } from "./cosine.js";
export { scaleToOne } from "./power-of-2.js";
export { integerPower } from "./integer-power.js";
export { type ReduceOptions, argmax, max, mean, min, sum } from "./reduce.js";
export { concat } from "./concat.js";
export { gather } from "./gather.js";
export { where } from "./where.js";
export { matmul } from "./matmul.js";
export { Random } from "./random.js";
export { RANDOM_BLOCK, randomBits, randomBitsKey } from "./random-bits.js";
export { type Key as RandomKey, RANDOM_WARM_UP } from "./sfc32.js";

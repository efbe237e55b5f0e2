/** Where the windows of a convolution lie, and the linear map that lays them out as columns. */
export { Columns } from "./columns.js";
export {
  type Pair,
  type WindowGeometry,
  type WindowOptions,
  conv2dGeometry,
  pair,
  windowRules,
} from "./geometry.js";
export { col2im, im2col } from "./im2col.js";

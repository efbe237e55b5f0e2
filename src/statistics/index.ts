/** What a few measurements say, and how sure one may be of it. */
export {
  type Interval,
  type MeanInterval,
  meanInterval,
  meanOf,
  pairedInterval,
  proportionInterval,
} from "./intervals.js";
export { studentBound } from "./student.js";

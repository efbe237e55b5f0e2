/** What items have of the arrays that a job is about: see the table of kernels. */
import { BLOCK } from "./generated/table";

/** Where an array's share number `index` is; one that is left out, at 0, stays there. */
@inline
export function at(array: usize, index: i32, share: i32): usize {
  return array ? array + (<usize>index * <usize>share << 2) : 0;
}

/** How many numbers of a flat array are in blocks `first` to before `end`. */
@inline
export function lengthOf(array: i32, first: i32, end: i32): i32 {
  return min(end * BLOCK, array) - first * BLOCK;
}

import type { Data } from "../../tensor/index.js";

/** One image in flat memory: [C, H, W], from position `at` on. */
export interface Planes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Data;
  readonly at: number;
}

/** The chapters' blocks, compiled; written into `dist/` by `build.mjs`. */
import type { Chapter } from "../run-chapter.js";

/** In the reading order. */
export declare const chapters: readonly Chapter[];

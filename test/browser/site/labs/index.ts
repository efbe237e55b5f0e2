/** The laboratories, driven as a person would. */
import type { Browser } from "playwright-core";
import { filters } from "./filters.js";
import { gradientCheck } from "./gradient-check.js";
import { im2colLab } from "./im2col.js";
import { oneStepLab } from "./one-step.js";

/** What of a laboratory does not hold, a line each. */
type Complaints = (browser: Browser, site: string) => Promise<string[]>;

/** How a laboratory is driven. */
export interface DrivenLab {
  /** Within half a minute: what the suite looks at. */
  readonly sample: Complaints;
  /** All of it, the sample included. */
  readonly all: Complaints;
}

export const labs: Readonly<Record<string, DrivenLab>> = {
  filters,
  im2col: im2colLab,
  "gradient-check": gradientCheck,
  "one-step": oneStepLab,
};

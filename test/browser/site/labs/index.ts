/** The laboratories, driven as a person would. */
import type { Browser } from "playwright-core";
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
  "one-step": oneStepLab,
};

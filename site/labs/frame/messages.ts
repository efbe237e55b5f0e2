/** What a laboratory's page and its Worker say to each other. */
import type { State } from "./fields.js";

/** Compute this. */
export interface Question<S extends State = State> {
  readonly id: number;
  readonly state: S;
  /** What does not fit into a link, such as a picture that was dropped; by name. */
  readonly given: Readonly<Record<string, unknown>>;
}

export type Answer =
  | { readonly id: number; readonly result: unknown; readonly ms: number }
  | { readonly id: number; readonly failed: string };

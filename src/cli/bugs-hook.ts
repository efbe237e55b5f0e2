/** Module hooks that hand out one module with another source text than its file has. Node runs them on a thread of their own. */
import type { LoadHook } from "node:module";

/** The module and what it is to hold instead. */
export interface Replacement {
  readonly url: string;
  readonly source: string;
}

let replacement: Replacement | null = null;

export function initialize(data: Replacement): void {
  replacement = data;
}

export const load: LoadHook = async (url, context, nextLoad) => {
  if (url !== replacement?.url) return nextLoad(url, context);
  return { format: "module", shortCircuit: true, source: replacement.source };
};

import type { Site } from "./site.mjs";

/** What the tests put in place of what builds, runs and says. */
export interface UpdateParts {
  readonly build?: (site: Site, files: readonly string[]) => Promise<string[] | null>;
  readonly again?: (site: Site, name: string) => Promise<string | null>;
  readonly say?: (line: string) => void;
  readonly complain?: (line: string) => void;
}

export function updates(site: Site, parts?: UpdateParts): (file: string) => void;
export function rebuild(site: Site, files: readonly string[]): Promise<string[] | null>;

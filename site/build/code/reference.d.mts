/** See `reference.mjs`. */
import type { project } from "./index.mjs";
import type { SiteOfPages } from "./pages.mjs";

export declare function referencePages(
  of: typeof project,
  site: SiteOfPages,
): Iterable<[path: string, html: string]>;

/** See `exercises.mjs`. */
import type { project } from "./index.mjs";
import type { SiteOfPages } from "./pages.mjs";

export declare function exercisesPage(
  of: typeof project,
  site: SiteOfPages,
): [path: string, html: string];

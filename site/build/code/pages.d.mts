/** See `pages.mjs`. */
import type { project } from "./index.mjs";

export interface SiteOfPages {
  readonly chapters: readonly {
    readonly name: string;
    readonly path: string;
    readonly title: string;
  }[];
}
export declare function sourcePage(of: typeof project, site: SiteOfPages, path: string): string;

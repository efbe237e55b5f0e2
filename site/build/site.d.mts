/** A chapter of the site. */
export interface SiteChapter {
  readonly name: string;
  readonly file: string;
  readonly path: string;
  readonly title: string;
  text: string;
}

/** As far as the tests build it. */
export class Site {
  pages: Map<string, string>;
  files: Set<string>;
  errors: string[];
  stale: Set<string>;
  edited: Set<string>;
  chapters: readonly SiteChapter[];
  code: object;
  recorded: (tag: string) => string;
  base: string | null;
  readTexts(): void;
  build(): Promise<void>;
  buildStyle(): Promise<void>;
  buildScripts(): Promise<void>;
  page(path: string, html: string): void;
  write: (path: string, content: string) => void;
}

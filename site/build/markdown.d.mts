/** The types of `markdown.mjs`. */
export interface Setting {
  readonly file: string;
  readonly page: string;
  readonly placeOfTag: (tag: string) => string | null;
  readonly prefixes: ReadonlySet<string>;
  readonly placeOfLink: (target: string, from: string) => string | null;
  readonly sizeOf: (place: string) => { width: number; height: number } | null;
  readonly codeHtml: (code: string, language: string) => string;
  readonly linesHtml: (tag: string, page: string) => string;
  readonly recorded: (tag: string) => string;
  readonly report: (error: string) => void;
}
export interface Rendered {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly { level: number; slug: string; html: string }[];
  readonly equations: readonly string[];
  readonly words: number;
  readonly description: string;
}
export function renderMarkdown(text: string, setting: Setting): Rendered;

/** As far as the tests build it. */
export class Site {
  pages: Map<string, string>;
  errors: string[];
  chapters: readonly { readonly name: string; readonly path: string; readonly title: string }[];
  code: object;
  recorded: () => string | null;
  readTexts(): void;
  page(path: string, html: string): void;
  write: (path: string, content: string) => void;
}

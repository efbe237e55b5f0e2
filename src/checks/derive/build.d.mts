/** See `build.mjs`. */
export declare function wholeOf(name: string, names: readonly string[]): string | null;
export declare function chapterModule(
  path: string,
  markdown: string,
  partOf?: string | null,
): { readonly name: string; readonly text: string; readonly errors: string[] };

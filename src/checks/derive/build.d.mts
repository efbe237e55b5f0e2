/** See `build.mjs`. */
export declare function chapterModule(
  path: string,
  markdown: string,
): { readonly name: string; readonly text: string; readonly errors: string[] };

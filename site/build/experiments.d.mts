/** See `experiments.mjs`. */

export declare function inOrder(
  text: string,
  names: readonly string[],
): { readonly title: string; readonly names: readonly string[] }[];

export declare function withParts(html: string): {
  readonly main: string;
  readonly headings: readonly { readonly slug: string; readonly html: string }[];
};

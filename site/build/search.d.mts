/** What a page can be found by. */
export interface SearchEntry {
  readonly url: string;
  readonly title: string;
  readonly of: string;
  readonly kind: string;
  readonly says: string;
  readonly names: string;
  readonly text: string;
}

export function entriesOf(path: string, html: string): SearchEntry[];
export function searchIndex(
  pages: Iterable<readonly [path: string, html: string]>,
): Promise<string>;

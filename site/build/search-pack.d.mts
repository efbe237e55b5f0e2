/** A result, as the page shows it. */
export interface FoundEntry {
  readonly url: string;
  readonly title: string;
  readonly of: string;
  readonly kind: string;
  readonly says: string;
  readonly terms: readonly string[];
}

/** What of site/client the search is made of. */
export interface SearchClient {
  /** All that can be found. */
  listed(packed: unknown): { readonly url: string }[];
  unpack(packed: unknown): Promise<object>;
  find(index: object, query: string): FoundEntry[];
  tokens(text: string): string[];
  term(word: string): string | null;
}

export function searchClient(): Promise<SearchClient>;

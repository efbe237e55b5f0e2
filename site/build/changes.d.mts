/** See `changes.mjs`. */
export interface BlockChange {
  readonly source: string;
  readonly kind: string;
  readonly before: string;
  readonly was: string;
  readonly becomes: string;
  readonly after: string;
}
export declare function changesOf(block: string): BlockChange[];

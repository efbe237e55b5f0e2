/** See `index.mjs`. */
export interface PageOptions {
  readonly root?: string;
  readonly page?: string;
}
export interface LinesOptions extends PageOptions {
  readonly path?: string;
  readonly tags?: readonly string[];
  readonly symbols?: ReadonlySet<string>;
  readonly ids?: boolean;
}
export interface Place {
  readonly file: string;
  readonly declaration: string;
  readonly first: number;
  readonly last: number;
  readonly line: number;
}
export interface Excerpt extends Place {
  readonly html: string;
  readonly others: readonly Place[];
}
export declare function highlightLines(text: string, options?: LinesOptions): readonly string[];
export declare function linesOfTag(tag: string, page?: PageOptions): Excerpt | null;
export declare function placesOf(tag: string): readonly Place[];
export declare function symbolsOf(chapter: string): ReadonlySet<string>;
export declare function symbolsOfFormula(latex: string): Set<string>;
export declare function symbolOfIdentifier(identifier: string): string;
export declare function refresh(): void;
export declare const project: {
  readonly sources: readonly string[];
  readonly folders: readonly string[];
  readonly chapters: ReadonlyMap<
    string,
    {
      readonly rows: readonly {
        readonly tag: string;
        readonly file: string;
        readonly declaration: string;
      }[];
    }
  >;
  text(path: string): string;
};

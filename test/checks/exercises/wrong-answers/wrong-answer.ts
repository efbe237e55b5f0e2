/** An answer to an exercise with one mistake in it, and what the checker has to say about it. */
export interface WrongAnswer {
  /** As the catalog of layers calls it: `conv2d`. */
  readonly layer: string;
  /** In words with dashes, no two alike: `filter-turned-in-dx`. */
  readonly name: string;
  /** The mistake it stands for, in a sentence. */
  readonly mistake: string;
  /** What is changed in the layer's file in src/backprop; each text occurs once in it. */
  readonly edits: readonly { readonly find: string; readonly replace: string }[];
  /** The gradient whose line has to name it: `dX`. */
  readonly gradient: string;
  /** All of these occur in that line if it names the mistake, whatever its exact words. */
  readonly names: readonly RegExp[];
}

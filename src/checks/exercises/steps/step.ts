/** One step of a derivation, as a hint has it: first a question, then the chapter's answer. */
export interface Step {
  /**
   * Asks for the next thought, and does not give it away: `Which entries of out does bias[k] move?`
   */
  readonly ask: string;
  /** The equation of the chapter that answers it: `conv2d.6`. */
  readonly tag: string;
}
/** How a layer's backward is led up to. */
export interface StepsOfLayer {
  /** The equation whose line is left out at level 1: `conv2d.7`. */
  readonly line: string;
  /** By function, `conv2dBackward`: the derivation's steps in order, none skipped. */
  readonly steps: Readonly<Record<string, readonly Step[]>>;
}

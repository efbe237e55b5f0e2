/** What a line has to say if it names a mistake that several layers share. */
import type { WrongAnswer } from "./wrong-answer.js";

export const TURNED = /turn|rotat|flip/i;
export const OVERWRITTEN = /overlap|overwr|\+=|last window|instead of add|not added/i;
export const SWAPPED =
  /H and W|H\b.*\b(for|with|of)\b.*W|W\b.*\b(for|with|of)\b.*H|swap|chang|mixed|axes|transpos/i;
export const ONE_IMAGE =
  /(first|one|single|only)\b.*\b(image|row|batch|n = 0)|image 0|not summed over (the batch|n\b)/i;
export const BATCH = /\bN\b|batch|images/i;
export const WINDOWS = /\bP\b|outH\s*[·*×]?\s*outW|windows/i;
export const NOT_THERE =
  /(no|without|not have|hasn't)( an?y?)? bias|bias.*(not there|absent|n't)|hasBias|null/i;

/** Answers in which one text of the layer's file is replaced, for one gradient. */
export const replacing =
  (layer: string, gradient: string, find: string) =>
  (name: string, mistake: string, replace: string, names: readonly RegExp[]): WrongAnswer => ({
    layer,
    name,
    mistake,
    edits: [{ find, replace }],
    gradient,
    names,
  });

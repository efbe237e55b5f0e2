/**
 * Where a number comes from: the addends of an output or a gradient, what a single input reaches,
 * and what a change of one weight does. The laboratories of the site show it.
 */
export {};

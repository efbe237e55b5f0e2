/**
 * Where a learner's loops come in: in a process of their own, their text is loaded in place of this
 * module's. The file that a learner writes exports a function `backward`.
 */

/** What a learner's module exports; undefined here, where there is no learner. */
export const backward: ((given: never) => unknown) | undefined = undefined;

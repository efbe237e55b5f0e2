/**
 * Types that exported signatures name and that are not exported on purpose, as `file:name`, each
 * with its reason. One that is exported after all, or named no more, is a problem too.
 */
export const NOT_EXPORTED = {};

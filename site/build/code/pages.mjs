/** A page for every source, and the index of them. */

/**
 * @param {import("./project.mjs").Project} project
 * @param {{ chapters: readonly { path: string, title: string }[] }} site
 * @returns {Iterable<[path: string, html: string]>}
 */
export function sourcePages(project, site) {
  return [];
}

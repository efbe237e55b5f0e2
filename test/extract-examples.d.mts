/**
 * See extract-examples.mjs, which runs before anything is compiled and is therefore plain
 * JavaScript.
 */
export function extractExamples(
  path: string,
  markdown: string,
): { examples: { name: string; line: number; text: string }[]; errors: string[] };

/** What of a module the forward pass depends on: two that differ elsewhere compute the same. */

/**
 * Leaves out what leads back: what remains names the forward pass.
 *
 * @param module JavaScript with each function's closing bracket alone on its line, at the beginning
 * @returns the text without the functions called `…Backward`, which no forward pass calls,
 *   without the map of its lines and without empty lines
 */
export function withoutBackward(module: string): string {
  return module
    .replace(/^(?:export )?(?:async )?function \w+Backward\b[\s\S]*?^\}[^\S\n]*$/gm, "")
    .replace(/^\/\/# sourceMappingURL=.*$/gm, "")
    .replace(/\n\s*\n/g, "\n");
}

/** Where the bracket at `open` is closed; strings and comments are not told apart from code. */
export function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if ("([{".includes(text[at]!)) depth++;
    if (")]}".includes(text[at]!) && --depth === 0) return at;
  }
  return text.length;
}

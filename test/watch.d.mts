export function workFor(
  path: string,
  tests: readonly string[],
): { readonly chapter: string | null; readonly patterns: readonly string[] };

export function follow(
  root: string,
  folders: readonly string[],
  onChange: (paths: string[]) => void,
  settleMs?: number,
): () => void;

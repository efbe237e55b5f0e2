/** What the reader chose, kept between pages where the browser lets us. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`leibniz-${name}`);
  } catch {
    return null;
  }
}

/** Null forgets. */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`leibniz-${name}`);
    else localStorage.setItem(`leibniz-${name}`, value);
  } catch {
    // A page still works without a memory.
  }
}

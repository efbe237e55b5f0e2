/** Along an axis longer than this, only the first and last few entries are printed. */
const LONGEST_AXIS = 12;
const EDGE = 3;

/** What can be printed: whatever has a shape and an entry at each index, as a tensor does. */
interface Entries {
  readonly shape: readonly number[];
  get(...index: number[]): number;
}

/**
 * A tensor for people: brackets nested as its axes are, numbers aligned in columns with up to four
 * decimals, and `…` where an axis is too long to read.
 */
export function formatTensor(tensor: Entries): string {
  const { shape } = tensor;
  const rank = shape.length;
  if (rank === 0) return formatNumber(tensor.get());
  const cells: string[] = [];
  visit(tensor, [], (index) => cells.push(formatNumber(tensor.get(...index))));
  const width = Math.max(0, ...cells.map((cell) => cell.length));
  let next = 0;
  const render = (axis: number): string => {
    if (axis === rank) return cells[next++]!.padStart(width);
    const parts = shownEntries(shape[axis]!).map((entry) =>
      entry === null ? "…" : render(axis + 1),
    );
    const between =
      axis === rank - 1 ? ", " : `,${"\n".repeat(rank - 1 - axis)}${" ".repeat(axis + 1)}`;
    return `[${parts.join(between)}]`;
  };
  return render(0);
}

/** Entries of an axis that are printed; `null` stands for those left out. */
function shownEntries(extent: number): (number | null)[] {
  const all = Array.from({ length: extent }, (_, entry) => entry);
  return extent <= LONGEST_AXIS ? all : [...all.slice(0, EDGE), null, ...all.slice(-EDGE)];
}

function visit(tensor: Entries, index: number[], use: (index: number[]) => void): void {
  if (index.length === tensor.shape.length) return use(index);
  for (const entry of shownEntries(tensor.shape[index.length]!)) {
    if (entry !== null) visit(tensor, [...index, entry], use);
  }
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (value !== 0 && (magnitude < 1e-3 || magnitude >= 1e6)) return value.toExponential(3);
  return String(Number(value.toFixed(4)));
}

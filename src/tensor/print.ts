import type { Tensor } from "./tensor.js";

/** Along an axis longer than this, only the first and last few entries are printed. */
const LONGEST_AXIS = 12;
const EDGE = 3;

/**
 * A tensor for people: brackets nested as its axes are, numbers aligned in columns with up to four
 * decimals, and `…` where an axis is too long to read.
 */
export function formatTensor(tensor: Tensor): string {
  if (tensor.rank === 0) return formatNumber(tensor.item());
  const cells: string[] = [];
  visit(tensor, [], (index) => cells.push(formatNumber(tensor.get(...index))));
  const width = Math.max(0, ...cells.map((cell) => cell.length));
  let next = 0;
  const render = (axis: number): string => {
    if (axis === tensor.rank) return cells[next++]!.padStart(width);
    const parts = shownEntries(tensor.shape[axis]!).map((entry) =>
      entry === null ? "…" : render(axis + 1),
    );
    const between =
      axis === tensor.rank - 1
        ? ", "
        : `,${"\n".repeat(tensor.rank - 1 - axis)}${" ".repeat(axis + 1)}`;
    return `[${parts.join(between)}]`;
  };
  return render(0);
}

/** Entries of an axis that are printed; `null` stands for those left out. */
function shownEntries(extent: number): (number | null)[] {
  const all = Array.from({ length: extent }, (_, entry) => entry);
  return extent <= LONGEST_AXIS ? all : [...all.slice(0, EDGE), null, ...all.slice(-EDGE)];
}

function visit(tensor: Tensor, index: number[], use: (index: number[]) => void): void {
  if (index.length === tensor.rank) return use(index);
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

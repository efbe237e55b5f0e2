import { formatShape } from "../tensor/index.js";
import type { Sequential } from "./sequential.js";

/** One layer of a network, as the summary table shows it. */
export interface SummaryRow {
  readonly name: string;
  readonly kind: string;
  /** For one image: with N = 1. */
  readonly outputShape: readonly number[];
  readonly parameters: number;
}

/**
 * What every layer makes of its input, and how many parameters it has.
 *
 * @param inputShape [N, C, H, W]
 * @throws InputError naming the first layer that the shape does not fit
 */
export function summarise(network: Sequential, inputShape: readonly number[]): readonly SummaryRow[] {
  const shapes = network.outputShapes(inputShape);
  return network.layers.map(({ name, layer }, l) => ({
    name,
    kind: layer.kind,
    outputShape: shapes[l]!,
    parameters: layer.parameters.reduce((total, parameter) => total + parameter.value.size, 0),
  }));
}

/** The summary as an aligned table with a total. */
export function formatSummary(rows: readonly SummaryRow[]): string {
  const count = (n: number): string => n.toLocaleString("en-US");
  const total = rows.reduce((sum, row) => sum + row.parameters, 0);
  const cells = [
    ["layer", "kind", "output", "parameters"],
    ...rows.map((row) => [row.name, row.kind, formatShape(row.outputShape), row.parameters === 0 ? "" : count(row.parameters)]),
    ["total", "", "", count(total)],
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => row.map((cell, column) => (column === 3 ? cell.padStart(widths[3]!) : cell.padEnd(widths[column]!))).join("  ")).join("\n");
}

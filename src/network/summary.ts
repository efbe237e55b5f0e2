import type { NamedLayer } from "../backprop/index.js";
import { formatShape } from "../tensor/index.js";
import type { Sequential } from "./sequential.js";

/** One layer of a network, as the summary table shows it. */
export interface SummaryRow {
  readonly name: string;
  readonly kind: string;
  /** For one image: with N = 1. */
  readonly outputShape: readonly number[];
  readonly parameters: number;
  /** Numbers that it keeps besides, such as running statistics. */
  readonly buffers: number;
}

/**
 * What every layer makes of its input, and how many parameters of its own it has. Layers inside
 * another come before it.
 *
 * @param inputShape [N, C, H, W]
 * @throws InputError naming the first layer that the shape does not fit
 */
export function summarise(
  network: Sequential,
  inputShape: readonly number[],
): readonly SummaryRow[] {
  network.outputShapes(inputShape); // refuses what does not fit, and names the layer
  return rowsOf(network.layers, inputShape);
}

function rowsOf(
  layers: readonly NamedLayer[],
  inputShape: readonly number[],
): readonly SummaryRow[] {
  let shape = inputShape;
  return layers.flatMap(({ name, layer }) => {
    const inside = (layer.branches ?? [])
      .flatMap((branch) => rowsOf(branch, shape))
      .map((row) => ({ ...row, name: `${name}.${row.name}` }));
    shape = layer.outputShape(shape);
    const parameters = layer.parameters.reduce(
      (total, parameter) => total + parameter.value.size,
      0,
    );
    const buffers = (layer.buffers ?? []).reduce((total, buffer) => total + buffer.value.size, 0);
    return [...inside, { name, kind: layer.kind, outputShape: shape, parameters, buffers }];
  });
}

/** The summary as an aligned table with a total; buffers have a column where there are any. */
export function formatSummary(rows: readonly SummaryRow[]): string {
  const counted = (["parameters", "buffers"] as const).filter(
    (what) => what === "parameters" || rows.some((row) => row[what] > 0),
  );
  const count = (n: number): string => n.toLocaleString("en-US");
  const cells = [
    ["layer", "kind", "output", ...counted],
    ...rows.map((row) => [
      row.name,
      row.kind,
      formatShape(row.outputShape),
      ...counted.map((what) => (row[what] === 0 ? "" : count(row[what]))),
    ]),
    [
      "total",
      "",
      "",
      ...counted.map((what) => count(rows.reduce((total, row) => total + row[what], 0))),
    ],
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column > 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join("  "),
    )
    .join("\n");
}

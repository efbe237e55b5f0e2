import type { NamedLayer } from "../backprop/index.js";
import { formatShape } from "../tensor/index.js";
import type { LayerDescriptions } from "./description.js";
import type { Sequential } from "./sequential.js";

/** One layer of a network, as the summary table shows it. */
export interface SummaryRow {
  /** The full name: `conv1`, or `block1.conv1` inside a block. */
  readonly name: string;
  /** As the layer itself says: `conv2d`. */
  readonly kind: string;
  /** For one image: with N = 1. */
  readonly outputShape: readonly number[];
  /**
   * How many numbers its own parameters have; those of layers inside it count in their own rows.
   */
  readonly parameters: number;
  /** Numbers that it keeps besides, such as running statistics. */
  readonly buffers: number;
  /**
   * What its description says, and with it what was left out and inferred, such as `inChannels`.
   * Empty for layers that were made by hand.
   */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * What every layer makes of its input, and how many parameters of its own it has. Layers inside
 * another come before it.
 *
 * @param inputShape [N, C, H, W]
 * @returns a row for each layer, in order
 * @throws InputError naming the first layer that the shape does not fit
 */
export function summarise(
  network: Sequential,
  inputShape: readonly number[],
): readonly SummaryRow[] {
  network.outputShapes(inputShape); // refuses what does not fit, and names the layer
  const options = optionsByName(network.description?.layers ?? {});
  return rowsOf(network.layers, inputShape).map((row) => ({
    ...row,
    options: options.get(row.name) ?? {},
  }));
}

/** Under full names, also of layers inside blocks. */
function optionsByName(layers: LayerDescriptions): ReadonlyMap<string, Record<string, unknown>> {
  const all = new Map<string, Record<string, unknown>>();
  for (const [name, { kind, ...options }] of Object.entries(layers)) {
    if (kind !== "residual") all.set(name, options);
    else
      for (const branch of Object.values(options as Record<string, LayerDescriptions>))
        for (const [inner, own] of optionsByName(branch)) all.set(`${name}.${inner}`, own);
  }
  return all;
}

function rowsOf(
  layers: readonly NamedLayer[],
  inputShape: readonly number[],
): readonly Omit<SummaryRow, "options">[] {
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

/**
 * The summary as an aligned table with a total, lines of text; buffers and options have a column
 * where there are any.
 */
export function formatSummary(rows: readonly SummaryRow[]): string {
  const counted = (["parameters", "buffers"] as const).filter(
    (what) => what === "parameters" || rows.some((row) => row[what] > 0),
  );
  const count = (n: number): string => n.toLocaleString("en-US");
  const isDescribed = rows.some(({ options }) => Object.keys(options).length > 0);
  const cells = [
    ["layer", "kind", "output", ...counted, "options"],
    ...rows.map((row) => [
      row.name,
      row.kind,
      formatShape(row.outputShape),
      ...counted.map((what) => (row[what] === 0 ? "" : count(row[what]))),
      formatOptions(row.options),
    ]),
    [
      "total",
      "",
      "",
      ...counted.map((what) => count(rows.reduce((total, row) => total + row[what], 0))),
      "",
    ],
  ].map((row) => (isDescribed ? row : row.slice(0, -1)));
  const isNumber = (column: number): boolean => column > 2 && column < 3 + counted.length;
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number): string =>
    isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  const line = (row: readonly string[]): string => row.map(pad).join("  ");
  return cells.map((row) => (isDescribed ? line(row).trimEnd() : line(row))).join("\n");
}

/** `inChannels 1, outChannels 16, kernelSize 3×5` */
function formatOptions(options: Readonly<Record<string, unknown>>): string {
  const shown = (value: unknown): string =>
    Array.isArray(value) ? value.map(shown).join("×") : String(value);
  return Object.entries(options)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(", ");
}

/** A tensor as grids of numbers, a plane each; every number can be opened. */
import { html, nothing, type TemplateResult } from "lit-html";
import { numberGrid } from "../frame/number-grid.js";
import { fullNumber, shortNumber } from "../frame/short-number.js";
import { nameOf, placeOf } from "./names.js";
import { isGradient, open, type Scene } from "./scene.js";

export interface GridOptions {
  /** A number was typed or dragged. */
  readonly onEdit?: (index: number, value: number, group: string) => void;
  /** In place of opening a number. */
  readonly onPick?: (index: number) => void;
  /** Marks one number, whatever is open. */
  readonly chosen?: number;
}

export function tensorGrids(scene: Scene, name: string, options: GridOptions = {}): TemplateResult {
  const tensor = scene.tensors.get(name);
  if (tensor === undefined) return html`${nothing}`;
  const { shape, data } = tensor;
  const columns = shape.at(-1) ?? 1;
  const rows = shape.length < 2 ? 1 : shape.at(-2)!;
  const planes = data.length / (rows * columns);
  const finite = data.filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const { onEdit } = options;
  const grids = Array.from({ length: planes }, (_, plane) => {
    const indexAt = (row: number, column: number): number =>
      (plane * rows + row) * columns + column;
    return numberGrid({
      label: planes === 1 ? nameOf(name) : labelOf(name, shape, plane),
      rows,
      columns,
      scale: isGradient(name) ? "gradient" : "signed",
      largest,
      value: (row, column) => data[indexAt(row, column)]!,
      marks: (row, column) => marksOf(scene, name, indexAt(row, column), options.chosen),
      describe: (row, column) => {
        const index = indexAt(row, column);
        const [short, full] = [shortNumber(data[index]!), fullNumber(data[index]!)];
        const more = short === full ? "" : `, in full ${full}`;
        return `${placeOf(scene, { tensor: name, index })}: ${short}${more}`;
      },
      onPick: ([row, column]) => {
        const index = indexAt(row, column);
        if (options.onPick === undefined) open(scene, { tensor: name, index });
        else options.onPick(index);
      },
      ...(onEdit && {
        step: 0.5,
        onEdit: ([row, column], value, group) => onEdit(indexAt(row, column), value, group),
      }),
    });
  });
  return html`<div class="tensor">${grids}</div>`;
}

function labelOf(name: string, shape: readonly number[], plane: number): string {
  const inner = shape.at(-3)!;
  return `${nameOf(name)}[${Math.floor(plane / inner)}, ${plane % inner}]`;
}

function marksOf(scene: Scene, tensor: string, index: number, chosen: number | undefined): string {
  if (chosen !== undefined) return index === chosen ? "pinned" : "";
  const { opened, inputs } = scene;
  if (opened?.tensor === tensor && opened.index === index) return "pinned";
  return inputs.has(`${tensor}-${index}`) ? "lit" : "";
}

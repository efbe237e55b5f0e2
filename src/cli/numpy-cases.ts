/** The cases of an exercise in NumPy: what is drawn, as it is given, and as bytes of a file. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { given, lettersOf } from "../checks/index.js";
import { type CatalogCase, casesOf, catalog } from "../gradcheck/index.js";
import { Random, type Tensor } from "../tensor/index.js";
import { readText } from "./files.js";
import { encodeNpz, type NpzValue } from "./npz.js";

/** A case, and what a learner's function is given in it. */
export interface NumpyCase extends CatalogCase {
  /** From 1; its files are `given/1.npz` and `answers/1/…`. */
  readonly number: number;
  /** The upstream gradient, of the output's shape. */
  readonly dOut: Tensor;
  /** The seed that it is drawn from. */
  readonly dOutSeed: string;
  /** By the chapter's letters. */
  readonly given: Readonly<Record<string, NpzValue>>;
}

/** Random geometries besides the fixed ones: as many as the exercise's own checker draws. */
const SAMPLES = 20;

/** Many times as many bytes as any file here needs, even an answer in which nothing was summed. */
export const LARGEST_ARRAY = 2 ** 24;

/** Places and classes, which NumPy can only index with when they are whole numbers. */
export const WHOLE = ["labels", "argmax"];

/**
 * The same cases for the same layer and seed.
 *
 * @param seed a student's name, for example: it draws other numbers, and other geometries after the
 *   fixed ones
 */
export async function numpyCases(layer: string, seed: string | null): Promise<NumpyCase[]> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const key = `numpy exercise ${layer}${seed === null ? "" : ` ${seed}`}`;
  const random = new Random(key);
  const cases: NumpyCase[] = [];
  for (const { options, inputs } of casesOf(entry, random, SAMPLES)) {
    const { out } = await entry.differentiable(options)(inputs);
    const number = cases.length + 1;
    const dOutSeed = `${key}, dOut ${number}`;
    const dOut = new Random(dOutSeed).uniform(out.shape, -1, 1, "float64");
    const letters = await given(layer, { options, inputs }, dOut);
    cases.push({
      number,
      options,
      inputs,
      dOut,
      dOutSeed,
      given: letters as Readonly<Record<string, NpzValue>>,
    });
  }
  return cases;
}

/** `given/K.npz` */
export function givenFile({ given: values }: NumpyCase): Uint8Array {
  return encodeNpz(values, WHOLE);
}

/** What a file is known by. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Whose cases these are: another version may draw others. */
export function ownVersion(): string {
  const manifest = fileURLToPath(new URL("../../package.json", import.meta.url));
  return (JSON.parse(readText(manifest)) as { readonly version: string }).version;
}

/** What a learner's function is to return: `dX`, `dWeight`, `dBias`. */
export function wantedGradients(layer: string): string[] {
  return Object.keys(lettersOf(layer).returned);
}

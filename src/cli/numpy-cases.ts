/** The cases of an exercise in NumPy: what is drawn, as it is given, and as bytes of a file. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { exerciseCases, given, lettersOf } from "../checks/index.js";
import { type CatalogCase, catalog, type KinkCase } from "../gradcheck/index.js";
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
  /** Where it is a point on a kink, that point. */
  readonly kink: KinkCase | null;
  /** By the chapter's letters. */
  readonly given: Readonly<Record<string, NpzValue>>;
}

/** Many times as many bytes as any file here needs, even an answer in which nothing was summed. */
export const LARGEST_ARRAY = 2 ** 24;

/** Places and classes, which NumPy can only index with when they are whole numbers. */
export const WHOLE = ["labels", "argmax"];

/**
 * The cases of the exercise's own checker, and then the points on the layer's kinks. They are the
 * same for the same layer and seed.
 *
 * @param seed a student's name, for example: it draws other numbers, and other geometries after the
 *   fixed ones; `""` for everybody's
 */
export async function numpyCases(layer: string, seed: string): Promise<NumpyCase[]> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const { cases } = exerciseCases(entry, seed);
  const drawn: NumpyCase[] = [];
  for (const { inputs, kink, ...one } of [
    ...cases.map((one) => ({ ...one, kink: null })),
    ...(entry.kinks ?? []).map((kink) => ({ ...kink, kink })),
  ]) {
    const options = { ...one.options }; // each case is known by its own
    const number = drawn.length + 1;
    const dOutSeed = `numpy exercise ${layer} ${seed}, ${number}`;
    const { out } = await entry.differentiable(options)(inputs);
    const dOut = new Random(dOutSeed).uniform(out.shape, kink === null ? -1 : 0.5, 1, "float64");
    const letters = (await given(layer, { options, inputs }, dOut)) as NumpyCase["given"];
    drawn.push({ number, options, inputs, kink, dOut, dOutSeed, given: letters });
  }
  return drawn;
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

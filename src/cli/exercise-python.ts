/** `leibniz exercise LAYER --python`: NumPy's files with what is given, and a function to write. */
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describeGiven, pageOf } from "../checks/index.js";
import { layerFile } from "../gradcheck/index.js";
import { reject } from "../tensor/index.js";
import { makeFolder, writeFileWhole } from "./files.js";
import {
  digestOf,
  givenFile,
  numpyCases,
  ownVersion,
  wantedGradients,
  WHOLE,
} from "./numpy-cases.js";
import { printJson } from "./options.js";
import { type PythonStub, pythonReadme, pythonStub } from "./python-stub.js";
import { printText } from "./terminal.js";

/** What of the folder says which cases were drawn. */
export const CASES_FILE = join("given", "cases.json");

/** What {@link writePythonExercise} is to write. */
export interface PythonExercise {
  /** As the catalog calls it. */
  readonly layer: string;
  /** The equations of its backward pass: `conv2d.7`. */
  readonly tags: readonly string[];
  /** `exercise-LAYER-python` if left out. */
  readonly out?: string | undefined;
  /** Whose numbers are drawn; `""` for everybody's. */
  readonly seed: string;
  readonly json?: boolean | undefined;
}

/** @throws InputError when the folder holds one of the files already, and nothing is overwritten */
export async function writePythonExercise({
  layer,
  tags,
  out,
  seed,
  json = false,
}: PythonExercise): Promise<void> {
  const folder = out ?? `exercise-${layer}-python`;
  const cases = await numpyCases(layer, seed);
  const names = [...new Set(cases.flatMap((one) => Object.keys(one.given)))];
  const stub: PythonStub = {
    layer,
    file: `${layerFile(layer).replaceAll("-", "_")}.py`,
    chapters: [...new Set(tags.map(pageOf))].map((page) => `derivations/${page}.md`),
    described: describeGiven(layer),
    names,
    optional: names.filter((name) => cases.some((one) => one.given[name] === null)),
    whole: names.filter((name) => WHOLE.includes(name)),
    gradients: wantedGradients(layer),
  };
  const given = cases.map((one) => [`${one.number}.npz`, givenFile(one)] as const);
  const digests = given.map(([name, bytes]) => [name, digestOf(bytes)]);
  const list = { layer, seed, version: ownVersion(), given: Object.fromEntries(digests) };
  const files = new Map<string, string | Uint8Array>([
    ...given.map(([name, bytes]) => [join("given", name), bytes] as const),
    [CASES_FILE, `${JSON.stringify(list, null, 2)}\n`],
    ["README.txt", pythonReadme(stub)],
    [stub.file, pythonStub(stub)],
  ]);
  for (const name of files.keys()) {
    if (existsSync(join(folder, name)))
      reject(
        "--out",
        "a folder without this exercise in it",
        `${folder}, which holds ${name}`,
        "nothing was overwritten; choose another folder, or delete that one",
      );
  }
  makeFolder(join(folder, "given"));
  for (const [name, content] of files) writeFileWhole(join(folder, name), content);
  const shown = relative("", resolve(folder)) || ".";
  const file = join(shown, stub.file);
  if (json)
    return printJson({
      layer,
      file,
      seed,
      cases: cases.length,
      gradients: stub.gradients,
    });
  printText(`${file}: yours to write: backward, which returns ${stub.gradients.join(", ")}.`);
  printText(`The text at its top says what it is given, in ${cases.length} cases.\n`);
  const [run, check] = [`  python3 ${file}`, `  npx leibniz check ${layer} ${shown}`];
  const width = Math.max(run.length, check.length);
  printText(`${run.padEnd(width)}  runs it, and writes what comes out`, 6);
  printText(`${check.padEnd(width)}  says what is right, and what went wrong`, 6);
}

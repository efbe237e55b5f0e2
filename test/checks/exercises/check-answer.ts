/** The checker, asked about a layer's file with a change in it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Grade,
  type Graded,
  type GradeInput,
  patch,
  TOOLS,
  type Variants,
  withoutBackward,
} from "leibniz/checks";
import { layerFile } from "leibniz/gradcheck";
import { stripTypes } from "../../../dist/cli/strip-types.js";
import { root } from "../../helpers/cli.js";
import type { WrongAnswer } from "./wrong-answers/wrong-answer.js";

const dist = join(root, "dist");

/** The compiled file of a layer. */
export function compiledLayer(layer: string): string {
  return readFileSync(join(dist, "backprop", `${layerFile(layer)}.js`), "utf8");
}

/** Grades a layer whose compiled file has another text. */
export async function gradeText(variants: Variants, layer: string, text: string): Promise<Graded> {
  const url = (path: string): string => pathToFileURL(join(dist, path)).href;
  return (await variants.run({
    texts: new Map([[url(`backprop/${layerFile(layer)}.js`), text]]),
    module: url("checks/exercises/grade.js"),
    input: { layer, forward: withoutBackward(text) } satisfies GradeInput,
  })) as Graded;
}

/** Grades a wrong answer, with what the exercise imports in scope. */
export async function gradeAnswer(variants: Variants, answer: WrongAnswer): Promise<Graded> {
  const { layer, name, edits } = answer;
  const path = join(root, "src/backprop", `${layerFile(layer)}.ts`);
  const source = readFileSync(path, "utf8");
  const tools = TOOLS.filter((tool) => !isDeclared(source, tool));
  const patched = patch(source, { name, edits }, path);
  const text = `import { ${tools.join(", ")} } from "leibniz/tensor"; ${patched}`;
  return gradeText(variants, layer, await stripTypes(text, path));
}

/** Whether the file imports a value of this name, or has a function that is called so. */
function isDeclared(source: string, name: string): boolean {
  const imports = [...source.matchAll(/^import \{([^}]*)\}/gm)].flatMap(([, names]) =>
    names!.split(",").map((one) => one.trim()),
  );
  return imports.includes(name) || new RegExp(`^(?:export )?function ${name}\\b`, "m").test(source);
}

/** What the first line says is wrong, without where; null where it names nothing. */
export function named({ problem, diagnosis }: Grade): string | null {
  return problem ?? diagnosis;
}

/**
 * An accuracy tells something of a mistake only if its line ran. What is trained here is the right
 * engine, for two steps; what is looked at is whether V8 came by where the edits are made.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  compiledPath,
  type Mistake,
  mistakes,
  patch,
  type Primitive,
  runVariant,
  type SetupName,
} from "leibniz/checks";
import { root } from "../../helpers/cli.js";

/** A place in a module's text. */
interface Place {
  readonly address: string;
  readonly offset: number;
}

/** What is trained for some mistakes, and the places of their edits. */
export interface MistakenTraining {
  readonly setup: SetupName;
  readonly primitives: readonly Primitive[];
  readonly places: readonly Place[];
}

/** Which of a training's places run, in each of three ways to train. */
export interface Ran {
  /** As the catalog trains. */
  readonly asItIs: readonly boolean[];
  /** With fused layers. */
  readonly planned: readonly boolean[];
  /** With no primitive from the reference backend. */
  readonly fast: readonly boolean[];
}

/** Where the edits of a mistake begin to change the compiled module. */
function placesOf({ name, file, edits }: Mistake): readonly Place[] {
  const path = join(root, compiledPath(file));
  const text = readFileSync(path, "utf8");
  return edits.map((edit) => {
    const patched = patch(text, { name, edits: [edit] }, path);
    const offset = [...text].findIndex((_, i) => text[i] !== patched[i]);
    return { address: pathToFileURL(path).href, offset };
  });
}

const trained = mistakes.filter(({ setups }) => setups.length > 0);

/** The mistakes whose edits do not all run, for each way to train. */
async function notRun(): Promise<Readonly<Record<keyof Ran, readonly string[]>>> {
  const groups = new Map<string, Mistake[]>();
  for (const mistake of trained) {
    const key = JSON.stringify([mistake.setups[0], mistake.primitives ?? []]);
    groups.set(key, [...(groups.get(key) ?? []), mistake]);
  }
  const trainings = [...groups.values()].map((group): MistakenTraining => {
    const [{ setups, primitives = [] }] = group as [Mistake];
    return { setup: setups[0]!, primitives, places: group.flatMap(placesOf) };
  });
  const ran = (await runVariant({
    texts: new Map(),
    module: new URL("./lines-that-run.js", import.meta.url).href,
    input: trainings,
  })) as readonly Ran[];
  const missing = (which: keyof Ran): string[] =>
    [...groups.values()].flatMap((group, i) => {
      const flags = [...ran[i]![which]];
      return group
        .filter(({ edits }) => flags.splice(0, edits.length).includes(false))
        .map(({ name }) => name);
    });
  return { asItIs: missing("asItIs"), planned: missing("planned"), fast: missing("fast") };
}

test("every mistake that is trained with runs, and some only since nothing else does", async () => {
  const { asItIs, planned, fast } = await notRun();
  assert.equal(asItIs, []);
  assert.ok(planned.includes("filter-rotated-twice"), `not run with fused layers: ${planned}`);
  const inPrimitives = trained.filter(({ primitives = [] }) => primitives.length > 0);
  assert.equal([...fast].sort(), inPrimitives.map(({ name }) => name).sort());
});

test.run();

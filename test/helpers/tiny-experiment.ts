import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  experimentPage,
  findExperiment,
  type Laboratory,
  type Measurement,
  mnistFor,
  unitName,
  unitsOf,
} from "leibniz/experiments";
import { openBackend } from "leibniz/kernels";
import * as assert from "uvu/assert";
import { root } from "../meta/project.js";
import { mnist } from "./mnist.js";

/** What `node test/fixtures/record/experiments.mjs` has written. */
const recorded = JSON.parse(
  readFileSync(join(root, "test/fixtures/experiments-tiny.json"), "utf8"),
) as Record<string, Record<string, unknown>>;

let opened: Promise<Laboratory> | null = null;

/** A laboratory of the smallest scale, on one thread; opened once for all tests. */
export function tinyLaboratory(): Promise<Laboratory> {
  return (opened ??= (async () => ({
    backend: await openBackend({ name: "wasm", threads: 1 }),
    scale: "tiny" as const,
    mnist: mnistFor("tiny", await mnist()),
    progress: () => {},
  }))());
}

/** All units of an experiment's smallest scale, measured one after the other. */
export async function measureTiny(name: string): Promise<Measurement[]> {
  const experiment = findExperiment(name);
  const laboratory = await tinyLaboratory();
  const done: Measurement[] = [];
  for (;;) {
    const names = new Set(done.map(unitName));
    const missing = unitsOf(experiment, done, "tiny").filter((unit) => !names.has(unitName(unit)));
    if (missing.length === 0) return done;
    for (const unit of missing)
      done.push({ ...unit, values: await experiment.measure(unit, laboratory) });
  }
}

/** Pictures are long texts, of which a digest is recorded. */
function shortened(_: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= 100) return value;
  return `sha256 ${createHash("sha256").update(value).digest("hex")}`;
}

/** Measures an experiment at its smallest, compares every digit, and reads its page. */
export async function checkTiny(name: string): Promise<void> {
  const measured = await measureTiny(name);
  const values = Object.fromEntries(measured.map((one) => [unitName(one), one.values]));
  assert.equal(JSON.parse(JSON.stringify(values, shortened)), recorded[name]);
  const page = experimentPage(findExperiment(name), measured);
  assert.not.match(page, /undefined|NaN|Infinity|\[object/);
  for (const { svg } of findExperiment(name).findings(measured).figures) {
    assert.match(svg, /^<svg /);
    assert.not.match(svg, /undefined|NaN|\[object/);
  }
}

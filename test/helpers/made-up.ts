import { findExperiment, type Measurement, type Named, unitsOf } from "leibniz/experiments";

/** All of an experiment's units, as if each had come to what a function says. */
export function madeUp(
  name: string,
  valuesOf: (options: Named, seed: number) => Named,
): Measurement[] {
  const experiment = findExperiment(name);
  const done: Measurement[] = [];
  for (;;) {
    const known = new Set(done.map(({ setting, seed }) => `${setting} ${seed}`));
    const missing = unitsOf(experiment, done, "full").filter(
      ({ setting, seed }) => !known.has(`${setting} ${seed}`),
    );
    if (missing.length === 0) return done;
    done.push(...missing.map((unit) => ({ ...unit, values: valuesOf(unit.options, unit.seed) })));
  }
}

/** What an experiment's verdict says that the measurements show. */
export function shown(name: string, all: readonly Measurement[]): string {
  return findExperiment(name).verdict!(all).shows;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  buildSchedule,
  constant,
  cosine,
  oneCycle,
  type ScheduleDescription,
  stepDecay,
  warmUp,
} from "leibniz/training";
import { assertCloseArrays, assertRejects } from "../helpers/assert-close.js";
import { root } from "../helpers/cli.js";

const EXACT = 1e-13;

/** The factors of all steps, and of the end of the last one. */
const factors = (schedule: ScheduleDescription, total: number): number[] => {
  const factor = buildSchedule(schedule);
  return Array.from({ length: total + 1 }, (_, step) => factor(step, total));
};

test("constant: every step at the full rate", () => {
  assert.equal(factors(constant, 3), [1, 1, 1, 1]);
});

test("stepDecay: the numbers in the documentation of PyTorch's StepLR", () => {
  // 0.05 with step_size 30 and gamma 0.1: 0.05 before 30, 0.005 before 60, 0.0005 before 90
  const rates = factors(stepDecay({ every: 30 }), 90).map((factor) => 0.05 * factor);
  assertCloseArrays(
    rates,
    [
      ...new Array<number>(30).fill(0.05),
      ...new Array<number>(30).fill(0.005),
      ...new Array<number>(30).fill(0.0005),
      0.00005,
    ],
    { tolerance: EXACT },
  );
  assert.equal(factors(stepDecay({ every: 2, factor: 0.5 }), 5), [1, 1, 0.5, 0.5, 0.25, 0.25]);
});

test("cosine: the recursion from step to step of PyTorch's CosineAnnealingLR", () => {
  for (const [total, lowest] of [
    [7, 0],
    [10, 0.2],
    [33, 0.01],
  ] as const) {
    const expected = [1];
    for (let t = 0; t + 1 < total; t++) {
      const shrunk =
        (1 + Math.cos((Math.PI * (t + 1)) / total)) / (1 + Math.cos((Math.PI * t) / total));
      expected.push(lowest + (expected[t]! - lowest) * shrunk);
    }
    assertCloseArrays(factors(cosine({ lowest }), total), [...expected, lowest], {
      tolerance: EXACT,
      what: `${total} steps`,
    });
  }
  assertCloseArrays(
    factors(cosine(), 6),
    [1, (2 + Math.sqrt(3)) / 4, 0.75, 0.5, 0.25, (2 - Math.sqrt(3)) / 4, 0],
    { tolerance: EXACT },
  );
});

test("warmUp: the numbers in the documentation of PyTorch's LinearLR", () => {
  // 0.05 with start_factor 0.5 and total_iters 4: 0.025, 0.03125, 0.0375, 0.04375, then 0.05
  const rates = factors(warmUp(4, constant, { from: 0.5 }), 6).map((factor) => 0.05 * factor);
  assertCloseArrays(rates, [0.025, 0.03125, 0.0375, 0.04375, 0.05, 0.05, 0.05], {
    tolerance: EXACT,
  });
});

test("warmUp: the first step is as long as each one is longer than the last", () => {
  assertCloseArrays(factors(warmUp(3), 5), [0.25, 0.5, 0.75, 1, 1, 1], { tolerance: EXACT });
  assert.equal(factors(warmUp(0, cosine()), 4), factors(cosine(), 4));
});

test("warmUp: what follows starts at its own first step and has the steps that are left", () => {
  assert.equal(
    factors(warmUp(3, cosine({ lowest: 0.1 })), 10).slice(3),
    factors(cosine({ lowest: 0.1 }), 7),
  );
  assertCloseArrays(
    factors(warmUp(2, oneCycle({ start: 0.3 }), { from: 0 }), 9).slice(0, 3),
    [0, 0.15, 0.3],
    { tolerance: EXACT },
  );
  assertCloseArrays(factors(warmUp(2, warmUp(2)), 5), [1 / 9, 2 / 9, 1 / 3, 2 / 3, 1, 1], {
    tolerance: EXACT,
  });
  assertCloseArrays(factors(warmUp(9, cosine()), 4), [0.1, 0.2, 0.3, 0.4, 0.5], {
    tolerance: EXACT,
    what: "longer than the training",
  });
});

/**
 * `OneCycleLR` as PyTorch writes it: a list of phases, each with its last step and the rates at its
 * ends.
 */
function pytorchOneCycle(
  step: number,
  total: number,
  maxLr: number,
  pctStart: number,
  divFactor: number,
  finalDivFactor: number,
  threePhase: boolean,
): number {
  const initial = maxLr / divFactor;
  const least = initial / finalDivFactor;
  const phases = threePhase
    ? [
        [pctStart * total - 1, initial, maxLr],
        [2 * pctStart * total - 2, maxLr, initial],
        [total - 1, initial, least],
      ]
    : [
        [pctStart * total - 1, initial, maxLr],
        [total - 1, maxLr, least],
      ];
  let start = 0;
  for (const [i, [end, from, to]] of (phases as [number, number, number][]).entries()) {
    if (step <= end || i === phases.length - 1)
      return to + ((from - to) / 2) * (Math.cos((Math.PI * (step - start)) / (end - start)) + 1);
    start = end;
  }
  return NaN;
}

test("oneCycle: the phases of PyTorch's OneCycleLR", () => {
  for (const [total, peakAt, div, finalDiv] of [
    [10, 0.3, 25, 1e4],
    [100, 0.3, 25, 1e4],
    [47, 0.41, 10, 50],
    [64, 0.25, 4, 1],
  ] as const) {
    for (const threePhases of [false, true]) {
      const schedule = oneCycle({ peakAt, start: 1 / div, end: 1 / (div * finalDiv), threePhases });
      const expected = Array.from({ length: total }, (_, step) =>
        pytorchOneCycle(step, total, 0.1, peakAt, div, finalDiv, threePhases),
      );
      assertCloseArrays(
        factors(schedule, total)
          .slice(0, total)
          .map((factor) => 0.1 * factor),
        expected,
        { tolerance: EXACT, what: `${total} steps, three phases ${threePhases}` },
      );
    }
  }
});

test("oneCycle: ten steps by hand", () => {
  // up from 0.04 over steps 0 to 2, down to 0.000004 over steps 2 to 9
  const all = factors(oneCycle(), 10);
  assertCloseArrays(all.slice(0, 3), [0.04, 0.52, 1], { tolerance: EXACT });
  assert.is(all[9], 1 / 250_000);
  assert.is(all[10], 1 / 250_000);
  const three = factors(oneCycle({ threePhases: true }), 10);
  assertCloseArrays(three.slice(0, 5), [0.04, 0.52, 1, 0.52, 0.04], { tolerance: EXACT });
  assert.is(three[9], 1 / 250_000);
});

const shares = fc.double({ min: 0, max: 1, noNaN: true });
const totals = fc.integer({ min: 1, max: 300 });

/** Every schedule with random options, and the factors that it may take. */
const schedules: fc.Arbitrary<{ schedule: ScheduleDescription; least: number }> = fc.oneof(
  fc
    .record({ every: fc.integer({ min: 1, max: 50 }), factor: shares })
    .map((options) => ({ schedule: stepDecay(options), least: 0 })),
  shares.map((lowest) => ({ schedule: cosine({ lowest }), least: lowest })),
  fc
    .record({
      peakAt: fc.double({ min: 0, max: 0.5, noNaN: true }),
      start: shares,
      end: shares,
      threePhases: fc.boolean(),
    })
    .map((options) => ({
      schedule: oneCycle(options),
      least: Math.min(options.start, options.end),
    })),
);

test("no schedule leaves its bounds, with or without a warm-up", () => {
  fc.assert(
    fc.property(
      schedules,
      fc.integer({ min: 0, max: 20 }),
      totals,
      ({ schedule, least }, steps, total) => {
        for (const factor of factors(schedule, total))
          assert.ok(factor >= least - 1e-15 && factor <= 1 + 1e-15, String(factor));
        const warm = factors(warmUp(steps, schedule), total);
        for (const factor of warm) assert.ok(factor >= 0 && factor <= 1 + 1e-15, String(factor));
        for (let t = 0; t < Math.min(steps, total); t++)
          assert.ok(warm[t + 1]! >= warm[t]!, `step ${t + 1} of a warm-up of ${steps}`);
      },
    ),
    { seed: 71, numRuns: 500 },
  );
});

test(
  "cosine falls without a jump: no step is more than π/2 times the mean one, and the first " +
    "and the last are small",
  () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.integer({ min: 2, max: 300 }),
        (lowest, total) => {
          const all = factors(cosine({ lowest }), total);
          assert.is(all[0], 1);
          assert.is(all[total], lowest);
          const falls = all
            .slice(1)
            .map((factor, t) => (all[t]! - factor) / ((1 - lowest) / total));
          for (const fall of falls) assert.ok(fall > 0 && fall <= Math.PI / 2, String(fall));
          const level = Math.PI ** 2 / 4 / total; // (1 − cos x)/2 ≤ x²/4
          assert.ok(
            falls[0]! <= level && falls.at(-1)! <= level + 1e-10,
            `${falls[0]} and ${falls.at(-1)}`,
          );
        },
      ),
      { seed: 72, numRuns: 500 },
    );
  },
);

test("oneCycle rises to its peak, falls from there, and has no jump", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 0.5, noNaN: true }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      shares,
      fc.boolean(),
      fc.integer({ min: 30, max: 300 }),
      (peakAt, start, fraction, threePhases, total) => {
        const end = fraction * start;
        const all = factors(oneCycle({ peakAt, start, end, threePhases }), total);
        const peak = peakAt * total - 1;
        const shortest = Math.min(peak, total - 1 - peak);
        assert.ok(Math.abs(all[0]! - start) < 1e-15);
        assert.is(all[total - 1], end);
        for (let t = 0; t + 1 < total; t++) {
          const rise = all[t + 1]! - all[t]!;
          assert.ok(t + 1 <= peak ? rise >= 0 : t < peak || rise <= 0, `step ${t}`);
          // the last phase may be short, and has little way to go
          const ends = threePhases && t + 1 >= 2 * peak;
          assert.ok(
            ends || Math.abs(rise) <= (Math.PI / 2 / shortest) * (1 - end),
            `step ${t}: ${rise}`,
          );
        }
      },
    ),
    { seed: 73, numRuns: 500 },
  );
});

test("a training of a single step, and phases that have no length", () => {
  for (const schedule of [constant, cosine(), stepDecay({ every: 1 })])
    assert.is(buildSchedule(schedule)(0, 1), 1);
  assert.is(buildSchedule(oneCycle({ peakAt: 0 }))(0, 1), 1 / 250_000);
  assert.is(buildSchedule(oneCycle({ peakAt: 1 }))(0, 1), 1);
  assert.is(buildSchedule(oneCycle({ peakAt: 0.5 }))(0, 2), 1);
  assert.is(buildSchedule(oneCycle({ peakAt: 0.5, threePhases: true }))(0, 2), 1);
});

test("options that are none are refused by name", async () => {
  const wrong = [NaN, Infinity, -0.1, 1.5, "0.5" as unknown as number, null as unknown as number];
  for (const value of wrong) {
    const got = typeof value === "string" ? `"${value}"` : value;
    await assertRejects(
      () => stepDecay({ every: 3, factor: value }),
      `stepDecay: expected factor to be a number from 0 to 1, got ${got}`,
    );
    await assertRejects(
      () => stepDecay({ every: value }),
      `stepDecay: expected every to be a whole number ≥ 1, got ${got}`,
    );
    await assertRejects(
      () => cosine({ lowest: value }),
      `cosine: expected lowest to be a number from 0 to 1, got ${got}`,
    );
    await assertRejects(
      () => warmUp(value),
      `warmUp: expected steps to be a whole number ≥ 0, got ${got}`,
    );
    await assertRejects(
      () => warmUp(3, constant, { from: value }),
      `warmUp: expected from to be a number from 0 to 1, got ${got}`,
    );
    for (const option of ["peakAt", "start", "end"])
      await assertRejects(
        () => oneCycle({ [option]: value }),
        `oneCycle: expected ${option} to be a number from 0 to 1, got ${got}`,
      );
  }
  await assertRejects(() => stepDecay({ every: 0 }), "stepDecay: expected every");
  await assertRejects(
    () => oneCycle({ peakAt: 0.6, threePhases: true }),
    "oneCycle: expected peakAt up to 0.5",
    "got 0.6",
  );
});

test("steps that there are not are refused", async () => {
  for (const schedule of [constant, stepDecay({ every: 2 }), cosine(), warmUp(2), oneCycle()]) {
    for (const step of [-1, 0.5, 11, NaN, "3" as unknown as number])
      await assertRejects(
        () => buildSchedule(schedule)(step, 10),
        `schedule: expected a step from 0 to 10, got ${step}`,
      );
    for (const total of [0, -1, 2.5, NaN, Infinity])
      await assertRejects(
        () => buildSchedule(schedule)(0, total),
        `schedule: expected a whole number of steps ≥ 1, got ${total}`,
      );
  }
});

interface Recorded {
  readonly schedule: string;
  readonly options: {
    readonly every: number;
    readonly steps: number;
    readonly from: number;
    readonly lowest?: number;
    readonly threePhases?: boolean;
  };
  readonly pytorch: string;
  readonly rates: readonly number[];
}

test("every rate is the one that PyTorch's schedules give", () => {
  const { steps, schedules } = JSON.parse(
    readFileSync(join(root, "test/fixtures/schedules.json"), "utf8"),
  ) as { steps: number; schedules: Recorded[] };
  const build: Readonly<Record<string, (options: Recorded["options"]) => ScheduleDescription>> = {
    stepDecay,
    cosine,
    oneCycle,
    warmUp: ({ steps: length, from }) => warmUp(length, constant, { from }),
  };
  assert.equal(new Set(schedules.map(({ schedule }) => schedule)), new Set(Object.keys(build)));
  for (const { schedule, options, pytorch, rates } of schedules) {
    assert.is(rates.length, steps);
    const own = buildSchedule(build[schedule]!(options));
    rates.forEach((rate, t) =>
      assert.ok(
        Math.abs(own(t, steps) - rate) <= 1e-13 * rate,
        `${pytorch}, step ${t}: expected ${rate}, got ${own(t, steps)}`,
      ),
    );
  }
});

test.run();

/** Which checks notice a mistake, and which let it pass. */
import {
  adjointCheck,
  checkKinks,
  type Differentiable,
  type GradientCheckResult,
  STEP,
  type Verdict,
} from "../gradcheck/index.js";
import { type DType, Random } from "../tensor/index.js";
import { type Evaluations, judgedAt, passAt, type Passed, slopesFrom } from "./check-at-step.js";
import { checkedLayer, type CheckSetting } from "./check-setting.js";
import { outputShape } from "./check-sizes.js";
import type { PlantedMistake } from "./planted-mistakes.js";
import { type UpstreamOptions, upstreamOf } from "./upstream.js";

/** A check, and what it says of a layer. */
export interface Notice {
  /** Which check: `random`, the one to be recommended, and popular weaker ones. */
  readonly check: "random" | "ones" | "one" | "float32" | "kinks" | "adjoint";
  /** `wrong` if it noticed something; null where it cannot be asked. */
  readonly verdict: Verdict | null;
  /** The largest relative error, of all gradients. */
  readonly error: number;
  /** The input whose gradient that is of. */
  readonly argument: string;
}

const CHECKS: readonly {
  readonly check: Notice["check"];
  readonly kind: UpstreamOptions["kind"];
  readonly dtype: DType;
  readonly step: number;
}[] = [
  { check: "random", kind: "random", dtype: "float64", step: STEP },
  { check: "ones", kind: "ones", dtype: "float64", step: STEP },
  { check: "one", kind: "one", dtype: "float64", step: STEP },
  { check: "float32", kind: "random", dtype: "float32", step: 0.01 },
];

/**
 * Asks every check, at one point, and on the layer's kinks.
 *
 * @param plant puts the mistake into the layer
 * @param evaluated evaluates forward around a point, and may know that from before
 */
export async function noticesOf(
  setting: CheckSetting,
  plant: PlantedMistake["plant"],
  evaluated: (passed: Passed, dtype: DType, step: number) => Promise<Evaluations>,
): Promise<readonly Notice[]> {
  const notices: Notice[] = [];
  for (const { check, kind, dtype, step } of CHECKS) {
    const { entry, options, inputs } = checkedLayer(setting, dtype);
    const f = plant(entry.differentiable(options), options);
    const dOut = upstreamOf(outputShape(setting), { kind, seed: setting.seed, at: 0, own: [] });
    const passed = await passAt(f, inputs, dOut);
    const slopes = slopesFrom(passed, await evaluated(passed, dtype, step));
    notices.push({ check, ...overall(judgedAt(passed, slopes)) });
  }
  return [...notices, await kinkNotice(setting, plant), await adjointNotice(setting, plant)];
}

/** The worst gradient's: one that is wrong, or else one that does not pass. */
function overall(results: readonly GradientCheckResult[]): Omit<Notice, "check"> {
  const rank = ({ verdict }: GradientCheckResult): number =>
    verdict === "wrong" ? 2 : verdict === "pass" ? 0 : 1;
  const worst = results.reduce((before, one) =>
    rank(one) > rank(before) ||
    (rank(one) === rank(before) && one.maxRelativeError > before.maxRelativeError)
      ? one
      : before,
  );
  return { verdict: worst.verdict, error: worst.maxRelativeError, argument: worst.argument };
}

/** On the kinks of the catalog, against what the chapter takes for a derivative there. */
async function kinkNotice(setting: CheckSetting, plant: PlantedMistake["plant"]): Promise<Notice> {
  const { entry } = checkedLayer(setting);
  const random = new Random(setting.seed).split("kinks");
  const results: GradientCheckResult[] = [];
  for (const kink of entry.kinks ?? []) {
    const around = (layer: Differentiable): Differentiable => plant(layer, kink.options);
    for await (const { result } of checkKinks({ ...entry, kinks: [kink] }, random, around))
      results.push(result);
  }
  if (results.length === 0) return { check: "kinks", verdict: null, error: 0, argument: "" };
  return { check: "kinks", ...overall(results) };
}

/** Of all inputs in which the layer is linear, the worst. */
async function adjointNotice(
  setting: CheckSetting,
  plant: PlantedMistake["plant"],
): Promise<Notice> {
  const { entry, options, inputs } = checkedLayer(setting);
  const f = plant(entry.differentiable(options), options);
  const random = new Random(setting.seed).split("adjoint");
  let worst: Notice = { check: "adjoint", verdict: null, error: 0, argument: "" };
  for (const argument of entry.linear ?? []) {
    const { verdict, relativeError: error } = await adjointCheck(f, inputs, argument, random);
    if (worst.verdict === null || error > worst.error)
      worst = { check: "adjoint", verdict, error, argument };
  }
  return worst;
}

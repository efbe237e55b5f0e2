/** Which checks notice a mistake, and which let it pass. */
import {
  adjointCheck,
  type Differentiable,
  type GradientCheckResult,
  STEP,
  type Verdict,
} from "../gradcheck/index.js";
import { Random } from "../tensor/index.js";
import { judgedAt, passAt, slopesAt } from "./check-at-step.js";
import { checkedLayer, type CheckSetting } from "./check-setting.js";
import { type UpstreamOptions, upstreamOf } from "./upstream.js";

/** A check, and what it says of a layer. */
export interface Notice {
  /** Which check: `random`, the one to be recommended, and popular weaker ones. */
  readonly check: "random" | "ones" | "one" | "float32" | "large step" | "adjoint";
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
  readonly dtype: "float32" | "float64";
  readonly step: number;
}[] = [
  { check: "random", kind: "random", dtype: "float64", step: STEP },
  { check: "ones", kind: "ones", dtype: "float64", step: STEP },
  { check: "one", kind: "one", dtype: "float64", step: STEP },
  { check: "large step", kind: "random", dtype: "float64", step: 0.1 },
  { check: "float32", kind: "random", dtype: "float32", step: 0.01 },
];

/**
 * Asks every check, at one point.
 *
 * @param plant what puts the mistake into the layer; the layer itself for none
 */
export async function noticesOf(
  setting: CheckSetting,
  plant: (layer: Differentiable) => Differentiable,
): Promise<readonly Notice[]> {
  const notices: Notice[] = [];
  for (const { check, kind, dtype, step } of CHECKS) {
    const { entry, options, inputs } = checkedLayer(setting, dtype);
    const f = plant(entry.differentiable(options));
    const { shape } = (await f(inputs)).out;
    const dOut = upstreamOf(shape, { kind, seed: setting.seed, at: 0, own: [] });
    const passed = await passAt(f, inputs, dOut);
    const results = judgedAt(passed, await slopesAt(passed.point, Object.keys(inputs), step));
    notices.push({ check, ...overall(results) });
  }
  return [...notices, await adjointNotice(setting, plant)];
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

/** Of all inputs in which the layer is linear, the worst. */
async function adjointNotice(
  setting: CheckSetting,
  plant: (layer: Differentiable) => Differentiable,
): Promise<Notice> {
  const { entry, options, inputs } = checkedLayer(setting);
  const f = plant(entry.differentiable(options));
  const random = new Random(setting.seed).split("adjoint");
  let worst: Notice = { check: "adjoint", verdict: null, error: 0, argument: "" };
  for (const argument of entry.linear ?? []) {
    const { verdict, relativeError: error } = await adjointCheck(f, inputs, argument, random);
    if (worst.verdict === null || error > worst.error)
      worst = { check: "adjoint", verdict, error, argument };
  }
  return worst;
}

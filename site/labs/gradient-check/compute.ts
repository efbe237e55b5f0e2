/** What the laboratory shows of a state. Every number is the engine's. */
import { gradientName } from "leibniz/backprop";
import {
  adjointCheck,
  curveSteps,
  type EntryCheck,
  type ErrorCurve,
  errorCurve,
  type Verdict,
} from "leibniz/gradcheck";
import { Random } from "leibniz/tensor";
import {
  type Balance,
  balanceOf,
  type CheckedLayer,
  checkedLayer,
  type CheckSetting,
  type ErrorTurn,
  errorTurn,
  type Evaluations,
  evaluationsAt,
  explainedAt,
  type Notice,
  noticesOf,
  outputShape,
  type Passed,
  passAt,
  type PlantedMistake,
  plantedMistake,
  type Slopes,
  slopesFrom,
  upstreamOf,
} from "leibniz/tracing";
import { argumentOf, NONE } from "./chosen.js";
import type { State } from "./state.js";

/** Numbers of any shape, in row-major order. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** One line of the verdict: what `leibniz gradcheck` says of one gradient. */
export interface Line {
  readonly argument: string;
  /** `dWeight` */
  readonly gradient: string;
  readonly shape: readonly number[];
  readonly verdict: Verdict;
  readonly error: number;
  readonly worst: readonly number[];
  readonly analytic: number;
  readonly numeric: number;
  readonly estimate: number;
  readonly hint: string | null;
  /** The relative error of the adjoint; null where the layer is not linear. */
  readonly adjoint: number | null;
  readonly checks: readonly EntryCheck[];
}

export interface Curves {
  readonly float64: ErrorCurve;
  readonly float32: ErrorCurve;
  /** Of the chosen type. */
  readonly turn: ErrorTurn;
}

export interface CheckResult {
  readonly step: number;
  readonly inputs: readonly (Numbers & { readonly name: string })[];
  readonly out: Numbers;
  readonly dOut: Numbers;
  /** Whether dOut is drawn, though the state has numbers for it: they are not as many. */
  readonly isRedrawn: boolean;
  readonly lines: readonly Line[];
  /** The mistake that is planted; null for none. */
  readonly mistake: { readonly says: string; readonly tag: string | null } | null;
  /** Whether the mistake leaves all gradients here as they should be. */
  readonly isHidden: boolean;
  readonly curves: Curves | null;
  readonly notices: readonly Notice[] | null;
  readonly balance: Balance | null;
}

const settingOf = (state: State): CheckSetting => state as unknown as CheckSetting;

/** What changes only the view, or only backward; type and step are told apart by themselves. */
const APART = {
  ...{ view: "", mistake: "", entry: 0, gradient: "", sizes: false },
  ...{ upstream: "", one: 0, u: [], type: "", h: 0 },
};

/** What was evaluated last, by what forward depends on: a mistake needs no new evaluations. */
const known = new Map<string, Evaluations>();
const MOST_KNOWN = 8;

const evaluated =
  (state: State) =>
  async (passed: Passed, type: State["type"], step: number): Promise<Evaluations> => {
    const key = JSON.stringify([type, step, { ...state, ...APART }]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const names = Object.keys(passed.point.inputs);
    const evaluations = await evaluationsAt(passed, names, step);
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!);
    known.set(key, evaluations);
    return evaluations;
  };

const plantOf = (state: State): PlantedMistake | null =>
  state.mistake === NONE ? null : plantedMistake(settingOf(state).layer, state.mistake);

/** The layer of a state at its point, with its mistake. */
async function passOf(
  state: State,
  type: State["type"],
): Promise<Passed & { checked: CheckedLayer; right: Passed }> {
  const setting = settingOf(state);
  const checked = checkedLayer(setting, type);
  const { entry, options, inputs } = checked;
  const f = entry.differentiable(options);
  const { seed, upstream: kind, one: at, u: own } = state;
  const dOut = upstreamOf(outputShape(setting), { kind, seed, at, own });
  const right = await passAt(f, inputs, dOut);
  const mistake = plantOf(state);
  const passed = mistake === null ? right : await passAt(mistake.plant(f, options), inputs, dOut);
  return { ...passed, checked, right };
}

const numbersOf = (tensor: { shape: readonly number[]; data: ArrayLike<number> }): Numbers => ({
  shape: tensor.shape,
  data: Array.from(tensor.data),
});

export async function compute(state: State): Promise<CheckResult> {
  const step = curveSteps()[-4 - state.h]!;
  const passed = await passOf(state, state.type);
  const { checked, point, out, right } = passed;
  const slopes = slopesFrom(passed, await evaluated(state)(passed, state.type, step));
  const mistake = plantOf(state);
  const { view } = state;
  const lines = await linesOf(state, passed, slopes, step);
  return {
    step,
    inputs: Object.entries(checked.inputs).map(([name, tensor]) => ({
      name,
      ...numbersOf(tensor),
    })),
    out: numbersOf(out),
    dOut: { shape: out.shape, data: Array.from(point.dOut) },
    isRedrawn: state.upstream === "own" && state.u.length !== point.dOut.length,
    lines,
    mistake: mistake === null ? null : { says: mistake.says, tag: mistake.tag },
    isHidden: mistake !== null && areSame(passed, right),
    curves: view === "step" ? await curvesOf(state, lines) : null,
    notices: view === "checks" ? await noticesAt(state) : null,
    balance: view === "balance" ? await balanceAt(state, checked) : null,
  };
}

async function linesOf(
  state: State,
  passed: Passed & { checked: CheckedLayer },
  slopes: Slopes,
  step: number,
): Promise<readonly Line[]> {
  const { entry } = passed.checked;
  const random = new Random(state.seed).split("adjoint");
  const adjoint = new Map<string, number>();
  if (state.type === "float64")
    for (const name of entry.linear ?? []) {
      const { relativeError } = await adjointCheck(
        passed.point.f,
        passed.point.inputs,
        name,
        random,
      );
      adjoint.set(name, relativeError);
    }
  return (await explainedAt(passed, slopes, step)).map((result) => ({
    argument: result.argument,
    gradient: gradientName(result.argument),
    shape: result.shape,
    verdict: result.verdict,
    error: result.maxRelativeError,
    worst: result.worstIndex,
    analytic: result.analytic,
    numeric: result.numeric,
    estimate: result.errorEstimate,
    hint: result.hint,
    adjoint: adjoint.get(result.argument) ?? null,
    checks: result.checks,
  }));
}

/** Whether a mistake changes no number here. */
const areSame = (a: Passed, b: Passed): boolean =>
  Object.entries(a.gradients).every(([name, gradient]) => {
    const other = b.gradients[name]!.contiguous().data;
    return gradient.contiguous().data.every((value, i) => Object.is(value + 0, other[i]! + 0));
  });

async function curvesOf(state: State, lines: readonly Line[]): Promise<Curves> {
  const name = argumentOf(state);
  const { index } = lines.find(({ argument }) => argument === name)!.checks[state.entry]!;
  const curveOf = async (type: State["type"]): Promise<ErrorCurve> => {
    const { point, gradients } = await passOf(state, type);
    const analytic = gradients[name]!.contiguous().data[state.entry]!;
    return errorCurve(point, name, index, state.entry, analytic);
  };
  const [float64, float32] = [await curveOf("float64"), await curveOf("float32")];
  const chosen = state.type === "float64" ? float64 : float32;
  return { float64, float32, turn: errorTurn(chosen, float64.thirdDerivative) };
}

function noticesAt(state: State): Promise<readonly Notice[]> {
  const mistake = plantOf(state);
  return noticesOf(
    settingOf(state),
    (layer, options) => mistake?.plant(layer, options) ?? layer,
    evaluated(state),
  );
}

async function balanceAt(state: State, { entry, options }: CheckedLayer): Promise<Balance | null> {
  const argument = argumentOf(state);
  if (!(entry.linear ?? []).includes(argument)) return null;
  const { inputs } = checkedLayer(settingOf(state));
  const f = entry.differentiable(options);
  const planted = plantOf(state)?.plant(f, options) ?? f;
  const { seed, upstream: kind, one: at, u: own } = state;
  const y = upstreamOf(outputShape(settingOf(state)), { kind, seed, at, own });
  return balanceOf(planted, inputs, argument, y);
}

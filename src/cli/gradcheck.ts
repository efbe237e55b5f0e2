/** `leibniz gradcheck`: every gradient of every layer against numeric differentiation. */
import { Command } from "commander";
import { catalog, gradientCheck, type GradientCheckResult } from "../backprop/index.js";
import { Random, reject } from "../tensor/index.js";
import { jsonOption, nextTurn, printJson, seedOption } from "./options.js";

interface GradcheckOptions {
  readonly seed: number;
  readonly json?: boolean;
}

export function gradcheckCommand(): Command {
  return new Command("gradcheck")
    .description("compare every gradient with numeric differentiation")
    .argument("[layers...]", `which layers: ${catalog.map(({ layer }) => layer).join(", ")} (default: all)`)
    .addOption(seedOption())
    .addOption(jsonOption())
    .action(runGradcheck);
}

async function runGradcheck(names: readonly string[], { seed, json = false }: GradcheckOptions): Promise<void> {
  const known = catalog.map(({ layer }) => layer);
  for (const name of names) if (!known.includes(name)) reject("gradcheck", `layers out of ${known.join(", ")}`, `"${name}"`);
  const chosen = catalog.filter(({ layer }) => names.length === 0 || names.includes(layer));
  let worst = 0;
  let checked = 0;
  let failed = 0;
  if (!json) console.log(formatRow("layer", "gradient", "relative error", "worst at", "verdict", "options"));
  for (const { layer, cases, differentiable, constants = [] } of chosen) {
    const random = new Random(seed).split(layer);
    for (const { options, inputs } of cases(random)) {
      const results = await gradientCheck(differentiable(options), inputs, { random, constants });
      await nextTurn();
      for (const result of results) {
        worst = Math.max(worst, result.maxRelativeError);
        checked++;
        if (result.verdict !== "pass") failed++;
        if (json) printResult(layer, options, result);
        else console.log(formatResult(layer, options, result));
      }
    }
  }
  if (!json) console.log(`\n${checked} gradients checked, ${failed} wrong; largest relative error ${worst.toExponential(1)} (up to 1e-8 passes)`);
  if (failed > 0) process.exitCode = 1;
}

function printResult(layer: string, options: object, { argument, maxRelativeError, worstIndex, analytic, numeric, kinks, verdict }: GradientCheckResult): void {
  printJson({ layer, argument, options, maxRelativeError, worstIndex, analytic, numeric, kinks, verdict });
}

function formatResult(layer: string, options: Readonly<Record<string, unknown>>, result: GradientCheckResult): string {
  const { argument, maxRelativeError, worstIndex, analytic, numeric, kinks, verdict } = result;
  const gradient = `d${argument[0]!.toUpperCase()}${argument.slice(1)}`;
  const shown = Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const extra = [...(kinks.length > 0 ? [`${kinks.length} kinks left out`] : []), ...(verdict === "wrong" ? [`analytic ${analytic}, numeric ${numeric}`] : [])];
  return formatRow(layer, gradient, maxRelativeError.toExponential(1), `[${worstIndex.join(", ")}]`, verdict, [...shown, ...extra].join("  "));
}

function formatRow(layer: string, gradient: string, error: string, worst: string, verdict: string, rest: string): string {
  return `${layer.padEnd(20)}${gradient.padEnd(13)}${error.padStart(14)}  ${worst.padEnd(14)}${verdict.padEnd(9)}${rest}`.trimEnd();
}

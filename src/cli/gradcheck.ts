/**
 * `leibniz gradcheck`: every gradient of every layer, and of whole networks, against numeric
 * differentiation.
 */
import { Argument, Command, Option } from "commander";
import { catalog, LAYER_TOLERANCE, NETWORK_TOLERANCE, verdictOf } from "../gradcheck/index.js";
import { reject } from "../tensor/index.js";
import { checkCanWrite, writeFileWhole } from "./files.js";
import {
  type Checked,
  checkLayer,
  checkNotebook,
  diagnosesOf,
  explained,
  NETWORK_SETTING,
  networks,
} from "./gradcheck/checked.js";
import { mutateLayers } from "./gradcheck/mutate.js";
import { gradcheckPage } from "./gradcheck/page.js";
import { GradcheckTable, jsonOf } from "./gradcheck/table.js";
import { newBar } from "./bar.js";
import { addHelp } from "./help.js";
import { withValues } from "./known-values.js";
import { layerNamed } from "./layer-names.js";
import { rejectName } from "./nearest.js";
import { dataOption, jsonOption, nextTurn, printJson, seedOption, wholeNumber } from "./options.js";
import { canAnimate, printText, widthOf } from "./terminal.js";

interface GradcheckOptions {
  readonly seed: number;
  readonly geometries: number;
  readonly network?: string;
  readonly entries: number;
  readonly data?: string;
  readonly all?: boolean;
  readonly html?: string;
  readonly mutate?: boolean;
  readonly json?: boolean;
}

export function gradcheckCommand(): Command {
  const layers = catalog.map(({ layer }) => layer);
  const command = new Command("gradcheck")
    .addArgument(
      withValues(
        new Argument("[layers...]", `which layers: ${layers.join(", ")} (default: all)`),
        layers,
      ),
    )
    .addOption(
      new Option("--geometries <N>", "random geometries of each layer, besides its fixed cases")
        .argParser(wholeNumber("--geometries", 0))
        .default(20),
    )
    .addOption(
      withValues(
        new Option(
          "--network <NAME>",
          `check a whole network instead, by all parameters and the images: ${networks.join(", ")}`,
        ),
        networks,
      ),
    )
    .addOption(
      new Option(
        "--entries <N>",
        "with --network, how many entries of each parameter, drawn at random",
      )
        .argParser(wholeNumber("--entries", 1))
        .default(20),
    )
    .addOption(dataOption())
    .addOption(new Option("--all", "a line for each random geometry, and every kink"))
    .addOption(
      new Option(
        "--html <FILE>",
        "also write a page with a heat map of each gradient and the error against the step",
      ),
    )
    .option(
      "--mutate",
      "instead, break each backward pass in many small ways, one at a time, and see whether " +
        "the check notices",
    )
    .addOption(seedOption())
    .addOption(jsonOption())
    .action(runGradcheck);
  return addHelp(command, VERDICTS, VERDICT_TEXT);
}

const [LAYER, NETWORK] = [LAYER_TOLERANCE, NETWORK_TOLERANCE].map((bound) =>
  bound.toExponential(0),
) as [string, string];

/** Where what a verdict means begins. */
const VERDICT_TEXT = 18;
const VERDICTS = [
  `Verdicts: pass    the values agree (to ${LAYER}, in a network to ${NETWORK}, ` +
    "relative to the larger one)",
  "          kink    a rectifier or a pooling window switches within the step, so that there is " +
    "nothing to compare with",
  "          domain  every step leads to where the function has no finite value, as a logarithm " +
    "at 0 does",
  "          noise   they differ, but the measurement is too imprecise to blame backward",
  "          wrong   they differ by more than the measurement can be off",
  "Adjoint:          where a layer is linear, the relative difference between " +
    "⟨f(x + v) − f(x), u⟩ and ⟨v, backward(u)⟩",
].join("\n");

async function runGradcheck(
  typed: readonly string[],
  options: GradcheckOptions,
  command: Command,
): Promise<void> {
  const known = catalog.map(({ layer }) => layer);
  const names = typed.map((name) => layerNamed("gradcheck", name));
  const { network, json = false, html, mutate = false } = options;
  if (network !== undefined && !networks.includes(network))
    rejectName("--network", "a network", networks, network);
  if (network !== undefined && names.length > 0)
    reject("--network", "no layers along with it", names.join(", "), "check them in another run");
  if (network !== undefined && command.getOptionValueSource("geometries") === "cli")
    reject("--geometries", "no --network along with it", "both", "a network has one geometry");
  for (const only of ["entries", "data"]) {
    if (network === undefined && command.getOptionValueSource(only) === "cli")
      reject(`--${only}`, "--network along with it", "none");
  }

  if (mutate) {
    const alone = (["network", "geometries", "html", "all", "seed"] as const).find(
      (name) => command.getOptionValueSource(name) === "cli",
    );
    if (alone !== undefined) reject("--mutate", `no --${alone} along with it`, `--${alone}`);
    return mutateLayers(names.length === 0 ? known : names, json);
  }
  if (html !== undefined) checkCanWrite(html); // before minutes of work
  const checked =
    network === undefined ? await checkLayers(names, options) : await showNetwork(options);
  if (html !== undefined) writeFileWhole(html, gradcheckPage(checked, network ?? null));
  const failed = checked.filter((one) => verdictOf(one) !== "pass");
  if (!json) {
    printText(`\n${summary(checked)}`);
    if (html !== undefined) printText(`written: ${html}`);
  }
  if (failed.length > 0) process.exitCode = 1;
}

/**
 * Shows each case as soon as it is done, and the random geometries of a layer together at its end.
 */
async function checkLayers(
  names: readonly string[],
  { seed, geometries, all = false, json = false, html }: GradcheckOptions,
): Promise<readonly Checked[]> {
  const everything: Checked[] = [];
  const table = new GradcheckTable(widthOf(process.stdout));
  if (!json) show(table.heading());
  for (const entry of catalog.filter(({ layer }) => names.length === 0 || names.includes(layer))) {
    const ofGeometries = new Map<string, Checked[]>();
    const ofLayer: Checked[] = [];
    for await (const ofCase of checkLayer(entry, seed, geometries, html !== undefined)) {
      await nextTurn();
      for (const checked of ofCase) {
        ofLayer.push(checked);
        const isRandom = checked.geometry.startsWith("random");
        if (isRandom)
          ofGeometries.set(checked.result.argument, [
            ...(ofGeometries.get(checked.result.argument) ?? []),
            checked,
          ]);
        if (!json && (!isRandom || all || verdictOf(checked) !== "pass"))
          show(table.checked(checked, all));
      }
    }
    if (!json && !all) for (const group of ofGeometries.values()) show(table.geometries(group));
    const diagnoses = await diagnosesOf(entry, ofLayer);
    const complete = explained(ofLayer, diagnoses);
    everything.push(...complete);
    if (json) for (const checked of complete) printJson(jsonOf(checked));
    else for (const [argument, diagnosis] of diagnoses) show(table.diagnosis(argument, diagnosis));
  }
  return everything;
}

async function showNetwork({
  seed,
  entries,
  data,
  all = false,
  json = false,
  html,
}: GradcheckOptions): Promise<readonly Checked[]> {
  const table = new GradcheckTable(widthOf(process.stdout));
  if (!json) {
    printText(`${NETWORK_SETTING}\n`);
    show(table.heading());
  }
  const bar = canAnimate(process.stderr) ? newBar("{bar} {value} of {total} entries", 22) : null;
  const onProgress = async (done: number, total: number): Promise<void> => {
    if (done === 1) bar?.start(total, 0);
    bar?.update(done);
    await nextTurn();
  };
  const checked = await checkNotebook({
    seed,
    entries,
    data,
    curves: html !== undefined,
    onProgress,
  }).finally(() => bar?.stop());
  for (const one of checked) {
    if (json) printJson(jsonOf(one));
    else show(table.checked(one, all));
  }
  return checked;
}

function show(lines: readonly string[]): void {
  lines.forEach((line) => console.log(line));
}

function summary(checked: readonly Checked[]): string {
  const judged = checked.map(({ result }) => result.maxRelativeError).filter(Number.isFinite);
  const worst = judged.reduce((largest, error) => Math.max(largest, error), 0);
  const wrong = checked.filter((one) => verdictOf(one) === "wrong").length;
  const unclear = checked.filter((one) => !["pass", "wrong"].includes(verdictOf(one))).length;
  const kinks = checked.reduce((sum, { result }) => sum + result.kinks.length, 0);
  const outside = checked.reduce((sum, { result }) => sum + result.outside.length, 0);
  const parts = [
    `${checked.length} gradients checked, ${wrong} wrong`,
    ...(unclear > 0 ? [`${unclear} not to be judged`] : []),
    ...(kinks > 0 ? [`${kinks} ${kinks === 1 ? "kink" : "kinks"} left out`] : []),
    ...(outside > 0 ? [`${outside} at the edge of the domain left out`] : []),
  ];
  return (
    `${parts.join(", ")}; largest relative error ${worst.toExponential(1)} (up to ` +
    `${(checked[0]?.tolerance ?? LAYER_TOLERANCE).toExponential(0)} passes)`
  );
}

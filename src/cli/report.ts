/** `leibniz report`: what one run has learned, or how several differ, as a page. */
import { realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import type { LoadedImages } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import { type ComparedRun, comparisonPage, predictAll, reportPage } from "../report/index.js";
import { reject } from "../tensor/index.js";
import { checkCanWrite, writeFileWhole } from "./files.js";
import {
  type BackendChoice,
  backendOptions,
  chooseBackend,
  dataOption,
  jsonOption,
  printable,
  printJson,
} from "./options.js";
import { addHelp } from "./help.js";
import { checkIsOurs } from "./our-page.js";
import { dataOf, type KeptRun, openRun, reportedRun, setupOf } from "./reported-run.js";
import { describeData } from "./run-config.js";
import { RUN_FILES } from "./run-folder.js";
import { printText } from "./terminal.js";
import { sampleOfEvaluation } from "../training/index.js";

interface ReportCommandOptions extends BackendChoice {
  readonly out?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export function reportCommand(): Command {
  const command = new Command("report")
    .argument("<RUN...>", "folders as train --out keeps them")
    .option("--out <FILE.html>", "where it is written (default: report.html in the run's folder)")
    .addOption(dataOption())
    .addOption(jsonOption());
  addHelp(
    command,
    "The page needs neither a network nor a script. Of several runs, the first is what the " +
      "others are compared with.",
    0,
  );
  for (const option of backendOptions()) command.addOption(option);
  return command.action(runReport);
}

async function runReport(folders: readonly string[], options: ReportCommandOptions): Promise<void> {
  const isOne = folders.length === 1;
  const out = options.out ?? (isOne ? join(folders[0]!, RUN_FILES.report) : null);
  if (out === null)
    return reject("report", "--out FILE.html for a comparison of several runs", "none");
  const runs = folders.map((folder) => openRun(folder));
  checkIsOurs(out);
  checkCanWrite(out);
  const data = await dataOf(runs[0]!, options.data);
  const backend = await chooseBackend(options, () =>
    sampleOfEvaluation(runs[0]!.recipe, data.test),
  );
  try {
    const page = isOne
      ? await reportPage(await reportedRun(runs[0]!, data, backend))
      : comparisonPage(await compared(runs, data, options.data, backend));
    writeFileWhole(out, page);
  } finally {
    await backend.dispose();
  }
  if (options.json === true) printJson({ report: out, runs: folders.length });
  else printText(printable(`written: ${out}`));
}

async function compared(
  runs: readonly KeptRun[],
  first: LoadedImages,
  folder: string | undefined,
  backend: Backend,
): Promise<readonly ComparedRun[]> {
  const done: ComparedRun[] = [];
  const names = namesOf(runs.map(({ path }) => path));
  for (const [r, run] of runs.entries()) {
    // most runs that are compared have the same data
    const isSame = JSON.stringify(run.config.data) === JSON.stringify(runs[0]!.config.data);
    const data = isSame ? first : await dataOf(run, folder);
    const reported = await reportedRun(run, data, backend);
    const { guesses, labels } = await predictAll(reported);
    const { sha256 } = run.config.data ?? describeData(null, data); // a run of before has none
    done.push({
      name: names[r]!,
      recipe: run.recipe.name,
      seed: run.config.seed,
      parameters: reported.network.parameters.reduce(
        (sum, { parameter }) => sum + parameter.value.size,
        0,
      ),
      setup: setupOf(run, data),
      log: run.log,
      isRight: Array.from(guesses, (guess, n) => guess === labels[n]),
      testSet: `${sha256["test images"]} ${sha256["test labels"]}`,
    });
    reported.network.dispose();
  }
  return done;
}

/** The last parts of paths, or all of them where those are alike. */
function namesOf(paths: readonly string[]): readonly string[] {
  const real = paths.map((path) => realpathSync(path));
  const twice = paths.find((_, p) => real.indexOf(real[p]!) < p);
  if (twice !== undefined) reject("report", "each run once", `${twice} twice`);
  const short = paths.map((path) => basename(resolve(path)));
  return new Set(short).size === paths.length ? short : paths;
}

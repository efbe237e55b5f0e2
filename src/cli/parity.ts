/** `leibniz parity`: the engine against recorded results. */
import { Command } from "commander";
import { parseParity, PARITY_TOLERANCE, type ParityResult } from "../checks/index.js";
import { readText } from "./files.js";
import { jsonOption, printable, printJson } from "./options.js";

export function parityCommand(): Command {
  return new Command("parity")
    .argument("<FILE>", "recorded cases in JSON, see test/fixtures/README.md")
    .addOption(jsonOption())
    .action(runParity);
}

async function runParity(
  file: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const cases = parseParity(readText(file), file);
  let failed = 0;
  let compared = 0;
  let worst = 0;
  if (!json) console.log(formatRow("layer", "quantity", "absolute", "relative", "verdict", "case"));
  for (const recorded of cases) {
    for (const result of await recorded.run()) {
      compared++;
      worst = Math.max(worst, result.maxRelativeError);
      if (result.verdict === "fail") failed++;
      if (json) printJson(result);
      else console.log(formatResult(result));
    }
  }
  if (!json)
    console.log(
      `\n` +
        `${cases.length} cases, ${compared} quantities compared, ${failed} differ; largest ` +
        `relative error ${worst.toExponential(1)} (up to ${PARITY_TOLERANCE} passes)`,
    );
  if (failed > 0) process.exitCode = 1;
}

function formatResult({
  what,
  name,
  quantity,
  maxAbsoluteError,
  maxRelativeError,
  verdict,
}: ParityResult): string {
  return formatRow(
    what,
    quantity,
    maxAbsoluteError.toExponential(1),
    maxRelativeError.toExponential(1),
    verdict,
    name === what ? "" : printable(name).replaceAll("\n", " "),
  );
}

function formatRow(
  what: string,
  quantity: string,
  absolute: string,
  relative: string,
  verdict: string,
  name: string,
): string {
  const errors = absolute.padStart(9) + relative.padStart(10);
  const row = `${what.padEnd(20)}${quantity.padEnd(22)}${errors}  ${verdict.padEnd(9)}${name}`;
  return row.trimEnd();
}

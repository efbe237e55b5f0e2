/** `leibniz parity`: the engine against recorded results. */
import { Command } from "commander";
import { parseParity, PARITY_TOLERANCE, type ParityResult } from "../checks/index.js";
import { readText } from "./files.js";
import { padTo } from "./fold.js";
import { jsonOption, printable, printJson } from "./options.js";
import { paint, printText, widthOf } from "./terminal.js";

/** Where the case begins in its line. */
const CASE = 72;
const ROOM_FOR_CASES = 110;

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
  const table = new ParityTable();
  if (!json) table.heading();
  for (const recorded of cases) {
    for (const result of await recorded.run()) {
      compared++;
      worst = Math.max(worst, result.maxRelativeError);
      if (result.verdict === "fail") failed++;
      if (json) printJson(result);
      else table.result(result);
    }
  }
  if (!json)
    printText(
      `\n` +
        `${cases.length} cases, ${compared} quantities compared, ${failed} differ; largest ` +
        `relative error ${worst.toExponential(1)} (up to ${PARITY_TOLERANCE} passes)`,
    );
  if (failed > 0) process.exitCode = 1;
}

/** A line each where there is room, or else below their layer and case. */
class ParityTable {
  readonly #isNarrow = widthOf(process.stdout) < ROOM_FOR_CASES;
  #above = "";

  heading(): void {
    this.#row("layer", "case", formatQuantity("quantity", "absolute", "relative", "verdict"));
  }

  result({
    what,
    name,
    quantity,
    maxAbsoluteError,
    maxRelativeError,
    verdict,
  }: ParityResult): void {
    const errors = [maxAbsoluteError, maxRelativeError].map((error) => error.toExponential(1));
    this.#row(
      what,
      name === what ? "" : printable(name).replaceAll("\n", " "),
      formatQuantity(quantity, errors[0]!, errors[1]!, verdict),
    );
  }

  #row(what: string, name: string, quantity: string): void {
    if (!this.#isNarrow) return printText(`${what.padEnd(20)}${quantity}${name}`.trimEnd(), CASE);
    const above = name === "" ? what : `${what}, ${name}`;
    if (above !== this.#above) printText(above, 4);
    this.#above = above;
    printText(`  ${quantity.trimEnd()}`, 4);
  }
}

function formatQuantity(
  quantity: string,
  absolute: string,
  relative: string,
  verdict: string,
): string {
  const tone = verdict === "pass" ? "good" : verdict === "fail" ? "bad" : null;
  const errors = absolute.padStart(9) + relative.padStart(10);
  return `${quantity.padEnd(22)}${errors}  ${padTo(paint(tone, verdict), 9)}`;
}

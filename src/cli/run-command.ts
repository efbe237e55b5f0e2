/** Runs what the command line says, and ends the process as that ended. */
import { readFileSync } from "node:fs";
import { runProgram } from "./program.js";
import { dieOf, signalOf, watchOutput } from "./stopping.js";

watchOutput();

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };
const exitCode = await runProgram(process.argv.slice(2), version);
const signal = signalOf(exitCode);
if (signal === null) process.exitCode = exitCode;
else dieOf(signal);

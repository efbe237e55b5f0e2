#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { runProgram } from "./program.js";

// A reader that has seen enough, as in `leibniz gradcheck | head`, closes the pipe. That is no
// error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };
process.exitCode = await runProgram(process.argv.slice(2), version);

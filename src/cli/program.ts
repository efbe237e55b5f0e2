import { Command, CommanderError } from "commander";
import { InputError, MachineError } from "../tensor/index.js";
import { benchCommand } from "./bench.js";
import { bugsCommand } from "./bugs.js";
import { deriveCommand } from "./derive.js";
import { evaluateCommand } from "./evaluate.js";
import { exerciseCommand } from "./exercise.js";
import { gradcheckCommand } from "./gradcheck.js";
import { parityCommand } from "./parity.js";
import { trainCommand } from "./train.js";

/** The command line: `leibniz <command> [options]`. */
export function program(version: string): Command {
  const root = new Command("leibniz")
    .description("A convolutional neural network engine from scratch, with every gradient derived by hand.")
    .version(version)
    .option("--debug", "show where an error came from");
  for (const command of [trainCommand(), evaluateCommand(), gradcheckCommand(), deriveCommand(), exerciseCommand(), parityCommand(), bugsCommand(), benchCommand()]) root.addCommand(command);
  for (const command of [root, ...root.commands]) command.exitOverride().configureOutput({ writeErr: () => {} }).showSuggestionAfterError(true);
  return root;
}

/**
 * Runs a command line and returns the exit code: 0 for success, 1 for a failed check, a failed machine or a bug in leibniz, 2 for bad
 * usage or bad input. An error is one line on standard error; `--debug` adds the stack.
 */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  try {
    await program(version).parseAsync([...argv], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
    const { message, exitCode } = describeError(error, argv);
    console.error(message);
    if (argv.includes("--debug")) console.error(error);
    return exitCode;
  }
}

function describeError(error: unknown, argv: readonly string[]): { message: string; exitCode: number } {
  if (error instanceof CommanderError) return { message: describeUsage(error, argv), exitCode: 2 };
  if (error instanceof InputError) return { message: `leibniz: ${error.message}`, exitCode: 2 };
  if (error instanceof MachineError) return { message: `leibniz: ${error.message}`, exitCode: 1 };
  const text = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
  return { message: `leibniz: ${text}; this is a bug in leibniz, --debug shows where`, exitCode: 1 };
}

/** Commander's message on one line, without its own prefix, and where to look. */
function describeUsage(error: CommanderError, argv: readonly string[]): string {
  const command = argv.find((word) => !word.startsWith("-"));
  if (error.code === "commander.help") return `leibniz: expected a command, got none; see leibniz --help`;
  const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  return `leibniz: ${message}; see leibniz ${error.code === "commander.unknownCommand" || command === undefined ? "" : `${command} `}--help`;
}

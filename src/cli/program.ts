import { Command, CommanderError } from "commander";
import { commandsFor } from "./commands.js";
import { Stopped } from "./stopping.js";

/** The command line: `leibniz <command> [options]`. */
async function program(argv: readonly string[], version: string): Promise<Command> {
  const root = new Command("leibniz")
    .description(
      "A convolutional neural network engine from scratch, with every gradient derived by hand.",
    )
    .version(version)
    .option("--debug", "show where an error came from")
    .configureHelp({
      subcommandTerm: (command) =>
        `${[command.name(), ...command.aliases()].join("|")} ${command.usage()}`,
    });
  const word = argv.find((candidate) => !candidate.startsWith("-"));
  for (const command of await commandsFor(word)) root.addCommand(command);
  for (const command of [root, ...root.commands])
    command
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .showSuggestionAfterError(true);
  return root;
}

/**
 * Runs a command line and returns the exit code: 0 for success, 1 for a failed check, a failed
 * machine or a bug in leibniz, 2 for bad usage or bad input, 128 and its number for a signal that
 * stopped it, of which the process has to die then. An error is one line on standard error;
 * `--debug` adds the stack.
 */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  try {
    await (await program(argv, version)).parseAsync([...argv], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
    const { message, exitCode } = await describeError(error, argv);
    if (message !== null) console.error(message);
    if (argv.includes("--debug")) console.error(error);
    return exitCode;
  }
}

async function describeError(
  error: unknown,
  argv: readonly string[],
): Promise<{ message: string | null; exitCode: number }> {
  if (error instanceof Stopped) {
    const isSilent = error.signal === "SIGPIPE"; // as other programs are
    return { message: isSilent ? null : `leibniz: ${error.message}`, exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) return { message: describeUsage(error, argv), exitCode: 2 };
  // only now: an error of these kinds comes from code that has loaded them already
  const { InputError, MachineError } = await import("../tensor/index.js");
  if (error instanceof InputError) return { message: `leibniz: ${error.message}`, exitCode: 2 };
  if (error instanceof MachineError) return { message: `leibniz: ${error.message}`, exitCode: 1 };
  const text = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
  return {
    message: `leibniz: ${text}; this is a bug in leibniz, --debug shows where`,
    exitCode: 1,
  };
}

/** Commander's message on one line, without its own prefix, and where to look. */
function describeUsage(error: CommanderError, argv: readonly string[]): string {
  const command = argv.find((word) => !word.startsWith("-"));
  if (error.code === "commander.help")
    return `leibniz: expected a command, got none; see leibniz --help`;
  const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  const isKnown = error.code !== "commander.unknownCommand" && command !== undefined;
  return `leibniz: ${message}; see leibniz ${isKnown ? `${command} ` : ""}--help`;
}

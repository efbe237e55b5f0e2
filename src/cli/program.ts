import { Command, CommanderError } from "commander";
import { InputError, MachineError } from "../tensor/index.js";
import { Stopped } from "./stopping.js";

/**
 * Each command is loaded when it is asked for: training needs no chapters, and no TypeScript
 * compiler.
 */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import("./train.js")).trainCommand(),
  evaluate: async () => (await import("./evaluate.js")).evaluateCommand(),
  predict: async () => (await import("./predict.js")).predictCommand(),
  report: async () => (await import("./report.js")).reportCommand(),
  gradcheck: async () => (await import("./gradcheck.js")).gradcheckCommand(),
  derive: async () => (await import("./derive.js")).deriveCommand(),
  exercise: async () => (await import("./exercise.js")).exerciseCommand(),
  parity: async () => (await import("./parity.js")).parityCommand(),
  mistakes: async () => (await import("./mistakes.js")).mistakesCommand(),
  experiment: async () => (await import("./experiment.js")).experimentCommand(),
  bench: async () => (await import("./bench.js")).benchCommand(),
};

/** Commands by the other names that they have. */
const aliases: Readonly<Record<string, string>> = { bugs: "mistakes" };

/**
 * The command line: `leibniz <command> [options]`, with the one command that it names, or with all
 * where it names none.
 */
async function program(argv: readonly string[], version: string): Promise<Command> {
  const root = new Command("leibniz")
    .description(
      "A convolutional neural network engine from scratch, with every gradient derived by hand.",
    )
    .version(version)
    .option("--debug", "show where an error came from");
  const word = argv.find((candidate) => !candidate.startsWith("-"));
  const named = word !== undefined && Object.hasOwn(aliases, word) ? aliases[word] : word;
  const loaders =
    named !== undefined && Object.hasOwn(commands, named)
      ? [commands[named]!]
      : Object.values(commands);
  for (const load of loaders) root.addCommand(await load());
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
    const { message, exitCode } = describeError(error, argv);
    if (message !== null) console.error(message);
    if (argv.includes("--debug")) console.error(error);
    return exitCode;
  }
}

function describeError(
  error: unknown,
  argv: readonly string[],
): { message: string | null; exitCode: number } {
  if (error instanceof Stopped) {
    const isSilent = error.signal === "SIGPIPE"; // as other programs are
    return { message: isSilent ? null : `leibniz: ${error.message}`, exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) return { message: describeUsage(error, argv), exitCode: 2 };
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

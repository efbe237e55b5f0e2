import { Command, CommanderError } from "commander";
import { commandNames, commandsFor } from "./commands.js";
import { addExamples, addHelp, helpOutput, helpStyle } from "./help.js";
import { Stopped } from "./stopping.js";
import { printError } from "./terminal.js";

const OUTPUT =
  "Lines are as wide as the terminal. In a pipe or a file a row of a table is one line, unless " +
  "COLUMNS=N says how wide it is, and --json prints objects for programs. --debug and --no-color " +
  "go with every command. Exit code 1 is a failed check or machine, 2 bad usage or input.";

/** The command line: `leibniz <command> [options]`. */
async function program(argv: readonly string[], version: string): Promise<Command> {
  const root = new Command("leibniz")
    .description(
      "A convolutional neural network engine from scratch, with every gradient derived by hand.",
    )
    .version(version)
    .option("--debug", "show where an error came from")
    .option("--no-color", "no colours, as with NO_COLOR=1")
    .configureHelp({
      ...helpStyle,
      subcommandTerm: (command) =>
        `${[command.name(), ...command.aliases()].join("|")} ${command.usage()}`,
    });
  const word = argv.find((candidate) => !candidate.startsWith("-"));
  for (const command of await commandsFor(word)) root.addCommand(command);
  for (const command of root.commands) command.configureHelp(helpStyle);
  for (const command of [root, ...root.commands])
    command.exitOverride().configureOutput(helpOutput).showSuggestionAfterError(true);
  addHelp(root, OUTPUT, 0);
  return addExamples(root, [
    "leibniz train --help",
    "leibniz train --out run",
    "leibniz gradcheck conv2d",
    "leibniz derive conv2d",
  ]);
}

/**
 * Runs a command line and returns the exit code: 0 for success, 1 for a failed check, a failed
 * machine or a bug in leibniz, 2 for bad usage or bad input, 128 and its number for a signal that
 * stopped it, of which the process has to die then. An error is one line on standard error, folded
 * on a terminal; `--debug` adds the stack.
 */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  const { FORCE_COLOR } = process.env;
  // what Node and commander both look at first
  if (optionsIn(argv).includes("--no-color")) process.env["FORCE_COLOR"] = "0";
  try {
    return await run(argv, version);
  } finally {
    if (FORCE_COLOR === undefined) delete process.env["FORCE_COLOR"];
    else process.env["FORCE_COLOR"] = FORCE_COLOR;
  }
}

async function run(argv: readonly string[], version: string): Promise<number> {
  try {
    // what a shell's script asks at the tab key; nothing in it is an option of ours
    if (argv[0] === "complete" && argv[1] === "--") {
      await (await import("./complete.js")).printCandidates(argv.slice(2), commandsFor);
      return 0;
    }
    const root = await program(argv, version);
    const words = argv.filter((word) => word !== "--debug" && word !== "--no-color");
    if (words.length === 0) root.outputHelp();
    else await root.parseAsync(asksForHelp(argv) ?? [...argv], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
    const { message, exitCode } = await describeError(error, argv);
    if (message !== null) printError(message);
    if (argv.includes("--debug")) console.error(error);
    return exitCode;
  }
}

/** The part of a command line in which a word may be an option. */
function optionsIn(argv: readonly string[]): readonly string[] {
  return argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
}

/** A command line without all else, if it asks for help, which other options may not refuse. */
function asksForHelp(argv: readonly string[]): string[] | null {
  const asks = optionsIn(argv).some((word) => word === "-h" || word === "--help");
  return asks ? [...argv.filter((word) => !word.startsWith("-")).slice(0, 1), "--help"] : null;
}

async function describeError(
  error: unknown,
  argv: readonly string[],
): Promise<{ message: string | null; exitCode: number }> {
  if (error instanceof Stopped) {
    const isSilent = error.signal === "SIGPIPE"; // as other programs are
    return { message: isSilent ? null : `leibniz: ${error.message}`, exitCode: error.exitCode };
  }
  const isHelp = error instanceof CommanderError && error.code === "commander.help";
  if (error instanceof CommanderError && !isHelp)
    return { message: describeUsage(error, argv), exitCode: 2 };
  // only now: an error of these kinds comes from code that has loaded them already
  const { InputError, MachineError, nearestName } = await import("../tensor/index.js");
  if (isHelp) {
    const [, word = ""] = argv.filter((one) => !one.startsWith("-")); // help WORD
    const nearest = nearestName(word, commandNames);
    const hint = nearest === null ? "" : ` (Did you mean ${nearest}?)`;
    return {
      message: `leibniz: unknown command '${word}'${hint}; see leibniz --help`,
      exitCode: 2,
    };
  }
  if (error instanceof InputError) return { message: `leibniz: ${error.message}`, exitCode: 2 };
  if (error instanceof MachineError) return { message: `leibniz: ${error.message}`, exitCode: 1 };
  const text = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
  return {
    message: `leibniz: ${text}; this is a bug in leibniz, --debug shows where`,
    exitCode: 1,
  };
}

/** Options of other programs that recipes have in this one. */
const IN_RECIPES = [
  ...["augment", "batch", "batch-size", "clip-norm", "drop-last", "label-smoothing", "layers"],
  ...["learning-rate", "loss", "lr", "model", "momentum", "network", "optimizer", "schedule"],
  ...["shuffle", "weight-decay"],
];

/** Commander's message on one line, without its own prefix, and where to look. */
function describeUsage(error: CommanderError, argv: readonly string[]): string {
  const command = argv.find((word) => !word.startsWith("-"));
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\. Expected (\d+) arguments? but got (\d+)\.$/, ": expected $1, got $2")
    .replaceAll("\n", " ");
  const [, option = ""] = /^unknown option '--(?:no-)?([\w-]+)'/.exec(message) ?? [];
  if (command === "train" && IN_RECIPES.includes(option))
    return `leibniz: ${message}; a recipe says it: --recipe FILE.json, see examples/recipe.json`;
  const isKnown = error.code !== "commander.unknownCommand" && command !== undefined;
  return `leibniz: ${message}; see leibniz ${isKnown ? `${command} ` : ""}--help`;
}

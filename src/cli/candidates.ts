/** What can stand where a command line is being typed. */
import type { Argument, Command, Option } from "commander";
import { valuesOf } from "./known-values.js";

export interface Candidate {
  readonly word: string;
  /** What it does, for shells that show it; empty where the word says all. */
  readonly description: string;
}

export interface Candidates {
  readonly words: readonly Candidate[];
  /** Whether names of files can stand there too. */
  readonly files: boolean;
}

export type CommandsFor = (name: string | undefined) => Promise<readonly Command[]>;

const NOTHING: Candidates = { words: [], files: false };

/** How help calls what is a path: `--out <DIR>`, `<RUN...>`, `<NAME|FILE.json>`. */
const PATHS = /\b(?:FILE|DIR|RUN|IMAGE)\b/;

/**
 * @param words what stands behind `leibniz`, the last of them as far as it is typed; it is empty
 *   where a new word begins
 * @param commandsFor the commands there are, of which the named one is whole
 * @returns what can stand in the place of the last word: all that begins with it
 */
export async function candidatesFor(
  words: readonly string[],
  commandsFor: CommandsFor,
): Promise<Candidates> {
  const begun = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const name = before.find((word) => !word.startsWith("-"));
  const commands = await commandsFor(name);
  const all = name === undefined || name === "help" ? namesOf(commands) : await within(name);
  // `--recipe=no`: what stands in front of the value is not part of it
  const typed = /^--[^=]+=/.test(begun) ? begun.slice(begun.indexOf("=") + 1) : begun;
  return { ...all, words: all.words.filter(({ word }) => word.startsWith(typed)) };

  async function within(of: string): Promise<Candidates> {
    const command = commands.find((one) => one.name() === of || one.alias() === of);
    return command === undefined ? NOTHING : inCommand(command, before, begun);
  }
}

function namesOf(commands: readonly Command[]): Candidates {
  const words = commands.map((one) => ({ word: one.name(), description: one.description() }));
  return { words, files: false };
}

function inCommand(command: Command, before: readonly string[], begun: string): Candidates {
  const [long] = begun.split("=") as [string];
  const awaiting = optionNamed(command, begun.includes("=") ? long : (before.at(-1) ?? ""));
  if (awaiting?.required === true) return inPlaceOf(awaiting, awaiting.flags);
  if (begun.startsWith("-"))
    return {
      words: [
        ...command.options.map((one) => ({ word: one.long!, description: one.description })),
        { word: "--help", description: "display help for command" },
      ].filter(({ word }) => !before.includes(word)),
      files: false,
    };
  const operands = operandsOf(command, before);
  const { registeredArguments: places } = command;
  const last = places.at(-1);
  const place = places[operands.length] ?? (last?.variadic === true ? last : undefined);
  if (place === undefined) return NOTHING;
  const { words, files } = inPlaceOf(place, place.name());
  return { words: words.filter(({ word }) => !operands.includes(word)), files };
}

function inPlaceOf(place: Option | Argument, calledInHelp: string): Candidates {
  const words = valuesOf(place).map((word) => ({ word, description: "" }));
  return { words, files: PATHS.test(calledInHelp) };
}

function optionNamed({ options }: Command, word: string): Option | undefined {
  return options.find(({ long, short }) => word !== "" && (word === long || word === short));
}

/** The words behind the command's name that are neither options nor their values. */
function operandsOf(command: Command, before: readonly string[]): string[] {
  return before.slice(1).filter((word, i) => {
    const previous = optionNamed(command, before[i]!);
    return !word.startsWith("-") && previous?.required !== true;
  });
}

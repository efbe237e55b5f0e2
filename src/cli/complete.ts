/**
 * `leibniz complete SHELL`: the script that makes a shell complete command lines. At each tab key
 * it runs `leibniz complete -- WORDS`, in the protocol of Cobra's completions, which
 * https://github.com/bombshell-dev/tab writes for four shells.
 */
import { script, ShellCompDirective } from "@bomb.sh/tab";
import { Argument, Command } from "commander";
import { candidatesFor, type CommandsFor } from "./candidates.js";
import { withValues } from "./known-values.js";
import { rejectName } from "./nearest.js";

const shells = ["bash", "zsh", "fish", "powershell"];

export function completeCommand(): Command {
  return new Command("complete")
    .addArgument(withValues(new Argument("<SHELL>", `one of ${shells.join(", ")}`), shells))
    .action(printScript);
}

function printScript(shell: string): void {
  if (!shells.includes(shell)) rejectName("complete", "a shell", shells, shell);
  const text = scriptOf(shell);
  console.log(shell === "bash" ? mendBash(text) : text);
}

/** What tab prints. */
function scriptOf(shell: string): string {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    script(shell, "leibniz", "leibniz");
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

/**
 * tab's script for bash reads the line with `eval`, which would run `$(…)` in it at the tab key;
 * says so loudly when it is read twice; and leaves no way to the names of files.
 */
function mendBash(text: string): string {
  const evaluated =
    /requestComp="leibniz complete[\s\S]*?out=\$\(eval "\$requestComp" 2>\/dev\/null\)/;
  if (!evaluated.test(text)) throw new Error("tab's script for bash is not the one that is mended");
  return text
    .replace(evaluated, () => 'out=$(leibniz complete -- "${words[@]:1:cword}" 2>/dev/null)')
    .replace(/^readonly /gm, "")
    .replace(/^complete -F /m, "complete -o default -F ");
}

/** Prints what can stand in the place of the last word, a line each, and whether files can. */
export async function printCandidates(
  words: readonly string[],
  commandsFor: CommandsFor,
): Promise<void> {
  const { words: candidates, files } = await candidatesFor(words, commandsFor);
  for (const { word, description } of candidates) console.log(`${word}\t${description}`);
  const { ShellCompDirectiveDefault, ShellCompDirectiveNoFileComp } = ShellCompDirective;
  console.log(`:${files ? ShellCompDirectiveDefault : ShellCompDirectiveNoFileComp}`);
}

/**
 * `leibniz complete SHELL`: the script that makes a shell complete command lines. At each tab key
 * it runs `leibniz complete -- WORDS`, in the protocol of Cobra's completions, which
 * https://github.com/bombshell-dev/tab writes for other shells than bash.
 */
import { script, ShellCompDirective } from "@bomb.sh/tab";
import { Argument, Command } from "commander";
import { BASH_COMPLETION } from "./bash-completion.js";
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
  if (shell === "bash") console.log(BASH_COMPLETION);
  else script(shell, "leibniz", "leibniz");
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

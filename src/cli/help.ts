/** How `--help` looks: as wide as the terminal, with bold headings, and examples at its end. */
import { type Command, Help } from "commander";
import { fold } from "./fold.js";
import { USUAL_WIDTH, widthOf } from "./terminal.js";

/** Where there is less, what an option means stands below it. */
const ROOM_FOR_TWO_COLUMNS = 60;

/** Help is sentences: in a pipe or a file it is as wide as a page. */
function helpWidth(): number {
  const width = widthOf(process.stdout);
  return width === Infinity ? USUAL_WIDTH : width;
}

/** Settings of `configureHelp` for every command. */
export const helpStyle: Partial<Help> = {
  // commander takes it away where there are no colours
  styleTitle: (title) => `\u001b[1m${title}\u001b[22m`,
  styleUsage(usage) {
    const title = "Usage: ";
    return fold(title + usage, this.helpWidth ?? USUAL_WIDTH, title.length).slice(title.length);
  },
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? USUAL_WIDTH;
    if (width >= ROOM_FOR_TWO_COLUMNS)
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    return `  ${term}\n${fold(`      ${description}`, width, 6)}`;
  },
};

/** Settings of `configureOutput`: errors are thrown, and printed by whoever catches them. */
export const helpOutput = { writeErr: () => {}, getOutHelpWidth: helpWidth };

/** Puts a text below the options; its lines are folded. */
export function addHelp(command: Command, text: string, hang = 2): Command {
  return command.addHelpText("after", () => fold(`\n${text}`, helpWidth(), hang));
}

/** The last thing that `--help` shows. */
export function addExamples(command: Command, examples: readonly string[]): Command {
  const title = examples.length === 1 ? "Example" : "Examples";
  return addHelp(command, `${title}:\n${examples.map((line) => `  ${line}`).join("\n")}`, 6);
}

/** What a command prints to: how wide it is, and whether it shows colours and moving bars. */
import type { WriteStream } from "node:tty";
import { fold } from "./fold.js";

/** What is asked of a stream; one that is no terminal has neither columns nor colours. */
export type Output = Pick<WriteStream, "isTTY"> &
  Partial<Pick<WriteStream, "columns" | "hasColors">>;

/** Of a terminal that does not say how wide it is, and of help that is read in a pager. */
export const USUAL_WIDTH = 80;

/**
 * How many columns a line may have: on a terminal as many as it has, elsewhere any number. What
 * goes into a pipe or a file is for grep, awk and diff: a record is one line, whatever window the
 * command was started in. `COLUMNS` asks for a width there as well, as in `watch`, which sets it.
 */
export function widthOf(output: Output): number {
  const { isTTY, columns = 0 } = output;
  if (isTTY && columns > 0) return columns;
  const asked = Number(process.env["COLUMNS"]);
  if (Number.isSafeInteger(asked) && asked > 0) return asked;
  return isTTY ? USUAL_WIDTH : Infinity;
}

/** Whether something may move there, such as a bar. */
export function canAnimate({ isTTY }: Output): boolean {
  return isTTY && process.env["TERM"] !== "dumb";
}

/** What a colour says; the word in it says it as well. */
export type Tone = keyof typeof CODES;

const CODES = { good: 32, bad: 31, unclear: 33 } as const;
const PLAIN = 39;

/** The text in the colour of its tone, where there are colours (`NO_COLOR`, `TERM=dumb`). */
export function paint(tone: Tone | null, text: string, output: Output = process.stdout): string {
  // hasColors looks at NO_COLOR and at TERM
  const hasColours = output.isTTY && output.hasColors?.() === true;
  return tone === null || !hasColours ? text : `\u001b[${CODES[tone]}m${text}\u001b[${PLAIN}m`;
}

/**
 * Prints on standard output, lines that are too long folded.
 *
 * @param hang how far the rest of a line that is folded is moved in, as in {@link fold}
 */
export function printText(text: string, hang?: number): void {
  console.log(fold(text, widthOf(process.stdout), hang));
}

/** The same on standard error. */
export function printError(text: string, hang = 2): void {
  console.error(fold(text, widthOf(process.stderr), hang));
}

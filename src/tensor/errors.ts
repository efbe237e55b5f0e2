/**
 * The one error that leibniz throws for bad input: a shape that does not fit, a file that is cut
 * short, a name that nobody knows. Its message is a single line that says what was expected and
 * what was found. Any other error that escapes, except a {@link MachineError}, is a bug in leibniz.
 */
export class InputError extends Error {
  /** Stays "InputError" where a bundler renames the class. */
  override readonly name = "InputError";

  /** Brings the message to one line: control characters and line breaks become spaces. */
  constructor(message: string) {
    // a name from a file may hold line breaks
    super(message.replace(/[\p{Cc}\u2028\u2029]+/gu, " "));
  }
}

/**
 * The one error for a machine that fails where the input was good and leibniz is not to blame: a
 * thread that died, memory that cannot grow, a device that was lost. Its message is a single line
 * as well.
 */
export class MachineError extends Error {
  /** Stays "MachineError" where a bundler renames the class. */
  override readonly name = "MachineError";

  /** Brings the message to one line, as an {@link InputError} does. */
  constructor(message: string) {
    super(message.replace(/[\p{Cc}\u2028\u2029]+/gu, " "));
  }
}

/**
 * Throws an {@link InputError} worded as `<where>: expected <expected>, got <got>; <hint>`.
 *
 * @param where the public function or the file that complains
 * @throws InputError always
 */
export function reject(where: string, expected: string, got: string, hint?: string): never {
  throw new InputError(
    `${where}: expected ${expected}, got ${got}${hint === undefined ? "" : `; ${hint}`}`,
  );
}

/** A shape as error messages print it: `[2, 3]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

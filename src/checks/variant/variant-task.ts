/** What is asked of a process that runs changed code, and what it answers. */

/** Work for a process whose engine differs from this one in some modules. */
export interface VariantTask {
  /** New texts (JavaScript), by the address of the module that they stand for. */
  readonly texts: ReadonlyMap<string, string>;
  /**
   * The address of the module whose default export does the work:
   * `(input, report) => Promise<result>`.
   */
  readonly module: string;
  /** What the work is given; it has to survive being sent to a process. */
  readonly input: unknown;
  /**
   * The path of the file that a new text was made from, as its source map names it: for the line of
   * a failure.
   */
  readonly source?: string;
  /** How long it may take, in seconds; as long as it likes if left out. */
  readonly seconds?: number;
  /** With more memory than this its process is ended; as much as there is if left out. */
  readonly mostBytes?: number;
}

/** A task on its way to the process. */
export interface SentTask extends VariantTask {
  /** Known to nobody else in that process: no work can answer in its place. */
  readonly key: string;
}

export type VariantOutcome =
  | { readonly type: "report"; readonly message: unknown }
  | { readonly type: "done"; readonly result: unknown }
  | { readonly type: "failed"; readonly message: string; readonly line: number | null };

/** What the process answers: what has another key is not from it but from the work. */
export type SentOutcome = VariantOutcome & Pick<SentTask, "key">;

/** The work itself failed, as mistaken code may. */
export class VariantFailure extends Error {
  /** As stack traces have it. */
  override readonly name = "VariantFailure";
  /** The line of {@link VariantTask.source} where it happened; null when it happened elsewhere. */
  readonly line: number | null;

  /**
   * A failure of the work itself, not of its process.
   *
   * @param message what the work threw
   * @param line see `line`
   */
  constructor(message: string, line: number | null) {
    super(message);
    this.line = line;
  }
}

/** See `run.mjs`. */
export declare function runnableChapters(): string[];
export declare function withChanges(module: string): string;
export declare function buildRuns(options: {
  readonly out: string;
  readonly names?: readonly string[];
}): Promise<{ readonly name: string; readonly bytes: number }[]>;
export declare function writeRuns(out: string): Promise<string[]>;

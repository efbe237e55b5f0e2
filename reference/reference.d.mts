export function makeReference(options: {
  readonly root: string;
  readonly out: string | null;
}): Promise<string[]>;

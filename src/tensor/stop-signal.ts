/**
 * What leibniz needs of an `AbortSignal`, which every one has. Spelled out, because the name is
 * declared only for programs that have a browser's types or Node's.
 */
export interface StopSignal {
  readonly aborted: boolean;
  /** What `abort` was given; an error of the name AbortError if nothing. */
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(
    type: "abort",
    listener: () => void,
    options?: { readonly once?: boolean },
  ): void;
}

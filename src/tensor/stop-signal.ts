/**
 * What leibniz needs of an `AbortSignal`, which every one has. Spelled out, because the name is
 * declared only for programs that have a browser's types or Node's.
 */
export interface StopSignal {
  /** Whether `abort` has been called. */
  readonly aborted: boolean;
  /** What `abort` was given; an error of the name AbortError if nothing. */
  readonly reason: unknown;
  /** Throws {@link reason} if the signal is {@link aborted}, and does nothing otherwise. */
  throwIfAborted(): void;
  /** Calls the listener once `abort` is called; never, if that has happened already. */
  addEventListener(
    type: "abort",
    listener: () => void,
    options?: { readonly once?: boolean },
  ): void;
}

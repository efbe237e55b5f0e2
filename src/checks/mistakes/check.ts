/**
 * A check, as the catalog of mistakes runs it: in a process whose engine has a mistake in it, or
 * none.
 */
import type { Mnist } from "../../data/index.js";
import type { Primitive } from "./mistake.js";
import type { Setup } from "./setups.js";

/** The checks that this project relies on: see their descriptions in {@link checks}. */
export type CheckName =
  | "gradient"
  | "adjoint"
  | "recorded"
  | "derivation"
  | "large numbers"
  | "network"
  | "overfit"
  | "first loss"
  | "loop"
  | "data";
/** Weaker checks that are popular: see their descriptions in {@link popularChecks}. */
export type PopularCheckName = "ones" | "mean difference" | "square" | "float32";

/** What a check is told about the mistake: where to look. */
export interface CheckContext {
  /** Of the catalog. */
  readonly layers: readonly string[];
  /** Of the derivations, by name; their equations are run. */
  readonly chapters: readonly string[];
  /** What is trained; the last one also on a few images. */
  readonly setups: readonly Setup[];
  /** Those that come from the reference backend, since the mistake may be there. */
  readonly primitives: readonly Primitive[];
  /** MNIST, or images as large. */
  readonly data: Mnist;
  /** Recorded results of another engine, the texts of files for `parseParity`. */
  readonly recorded: readonly string[];
}

/** One check, and how to run it. */
export interface Check<Name extends string = CheckName | PopularCheckName> {
  /** As tables have it. */
  readonly name: Name;
  /** What is compared with what, in one line. */
  readonly description: string;
  /**
   * What is wrong, in one line, or null if nothing is; undefined if there is nothing to look at.
   */
  readonly run: (context: CheckContext) => Promise<string | null | undefined>;
}

/**
 * What a check came to: `caught` with the complaint, `passed`, or `idle` when there was nothing to
 * look at.
 */
export interface Finding {
  /** Which check it was. */
  readonly check: CheckName | PopularCheckName;
  /** `caught` also where the engine throws. */
  readonly verdict: "caught" | "passed" | "idle";
  /** In one line; null unless something was caught. */
  readonly complaint: string | null;
}

/** Runs a check. An engine that throws has been caught as well: nobody overlooks that. */
export async function findingOf(check: Check, context: CheckContext): Promise<Finding> {
  const complaint = await check
    .run(context)
    .catch(
      (error: unknown) =>
        `stops: ${(error instanceof Error ? error.message : String(error)).replaceAll("\n", " ")}`,
    );
  return {
    check: check.name,
    verdict: complaint === undefined ? "idle" : complaint === null ? "passed" : "caught",
    complaint: complaint ?? null,
  };
}

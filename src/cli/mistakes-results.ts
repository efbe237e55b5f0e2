/**
 * What the catalog of mistakes came to, and how it is shown: a few lines for people, one line for
 * programs.
 */
import {
  pageOf,
  type CheckName,
  checks,
  type Finding,
  type Mistake,
  popularChecks,
  type PopularCheckName,
  type SetupName,
  setups,
} from "../checks/index.js";
import { paint } from "./terminal.js";

/** One epoch of MNIST with a mistake, beside one without. */
export interface Epoch {
  readonly setup: SetupName;
  /** Share of the test images, as the engine with the mistake reports it; null when it stopped. */
  readonly accuracy: number | null;
  readonly stopped: string | null;
  /** The same without the mistake. */
  readonly right: number;
}

export interface MistakeResult {
  readonly mistake: Mistake;
  readonly findings: readonly Finding[];
  readonly epochs: readonly Epoch[];
}

export function caughtBy({ findings }: Pick<MistakeResult, "findings">): CheckName[] {
  return checks
    .map(({ name }) => name)
    .filter((name) =>
      findings.some(({ check, verdict }) => check === name && verdict === "caught"),
    );
}

/** The popular checks that looked at the mistake and found nothing. */
export function missedBy({ findings }: Pick<MistakeResult, "findings">): PopularCheckName[] {
  return popularChecks
    .map(({ name }) => name)
    .filter((name) =>
      findings.some(({ check, verdict }) => check === name && verdict === "passed"),
    );
}

/** One object for `--json`. */
export function toJson({ mistake, findings, epochs }: MistakeResult): object {
  const { name, theme, title, file, tag } = mistake;
  const verdicts = Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));
  const complaints = Object.fromEntries(
    findings
      .filter(({ complaint }) => complaint !== null)
      .map(({ check, complaint }) => [check, complaint]),
  );
  const by = caughtBy({ findings });
  return {
    name,
    theme,
    title,
    file,
    tag,
    chapter: `derivations/${pageOf(tag)}.md`,
    caught: by.length > 0,
    caughtBy: by,
    missedBy: missedBy({ findings }),
    verdicts,
    complaints,
    epochs,
  };
}

export function formatChecks({
  mistake,
  findings,
}: Pick<MistakeResult, "mistake" | "findings">): string {
  const by = caughtBy({ findings });
  const missed = missedBy({ findings });
  const first = findings.find(({ check }) => check === by[0]);
  const lines = [
    `${mistake.name}: ${mistake.title}`,
    by.length === 0
      ? `  ${paint("bad", "NOT CAUGHT")} by any check`
      : `  ${paint("good", "caught by")}  ${by.join(", ")}`,
    ...(first === undefined ? [] : [`             ${first.check}: ${first.complaint}`]),
    ...(missed.length === 0 ? [] : [`  ${paint("unclear", "missed by")}  ${missed.join(", ")}`]),
  ];
  return lines.join("\n");
}

export function formatEpoch({ setup, accuracy, stopped, right }: Epoch): string {
  const seen = accuracy === null ? `stops: ${stopped}` : percent(accuracy);
  const { description } = setups[setup];
  return `  one epoch  ${seen}, without the mistake ${percent(right)}  (${description})`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

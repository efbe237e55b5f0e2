/** What the processor does for a page: the events that Chromium records, by kind of work. */
import type { Browser, Page } from "playwright-core";

/** Kinds of work, and the events of Chromium's timeline that are it. */
const KINDS = {
  script: /^(EvaluateScript|v8\.compile|v8\.run|FunctionCall|Fire\w+|TimerFire|RunMicrotasks)$/,
  parse: /^(ParseHTML|ParseAuthorStyleSheet)$/,
  style: /^(UpdateLayoutTree|RecalculateStyles|ScheduleStyleRecalculation)$/,
  layout: /^Layout$/,
  paint: /^(PrePaint|Paint|Layerize|Commit|CompositeLayers|UpdateLayer\w*)$/,
} as const;

type Kind = keyof typeof KINDS;

/** Milliseconds of the page's main thread. What a script makes the browser lay out is layout. */
export type Shares = Readonly<Record<Kind | "all", number>>;

/** An event of a trace, in microseconds: `tdur` is what the thread had of the processor. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

const CATEGORIES = ["devtools.timeline", "toplevel"];

/** Records what the page's thread works on while something is done. */
export async function traced(
  browser: Browser,
  page: Page,
  act: () => Promise<unknown>,
): Promise<Shares> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: readonly TraceEvent[];
  };
  return sharesOf(traceEvents);
}

/** Adds up each event's own time, without the events within it. */
export function sharesOf(events: readonly TraceEvent[]): Shares {
  const shares = { script: 0, parse: 0, style: 0, layout: 0, paint: 0, all: 0 };
  const open: { readonly end: number; readonly kind: Kind | null }[] = [];
  for (const { name, ts, dur = 0, tdur = 0 } of ofMainThread(events)) {
    while (open.length > 0 && open.at(-1)!.end <= ts) open.pop();
    const outer = open.at(-1);
    const own = (Object.keys(KINDS) as Kind[]).find((kind) => KINDS[kind].test(name)) ?? null;
    // an event without a kind is a detail of the one that it lies in
    const kind = own ?? outer?.kind ?? null;
    const ms = tdur / 1000;
    if (outer === undefined) shares.all += ms;
    else if (outer.kind !== null) shares[outer.kind] -= ms;
    if (kind !== null) shares[kind] += ms;
    open.push({ end: ts + dur, kind });
  }
  return shares;
}

/** The whole events of the thread that read the most HTML, from the outer to the inner. */
function ofMainThread(events: readonly TraceEvent[]): TraceEvent[] {
  const threads = new Map<string, TraceEvent[]>();
  for (const event of events) {
    if (event.ph !== "X") continue;
    const name = `${event.pid} ${event.tid}`;
    const thread = threads.get(name) ?? [];
    threads.set(name, thread);
    thread.push(event);
  }
  const parsed = (thread: readonly TraceEvent[]): number =>
    thread.filter(({ name }) => name === "ParseHTML").length;
  const [main = []] = [...threads.values()].sort((a, b) => parsed(b) - parsed(a));
  return main.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
}

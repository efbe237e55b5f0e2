/** One line that a script prints. */
export interface PeerRecord {
  readonly round?: number;
  readonly library: string;
  readonly version: string;
  readonly threads: number;
  readonly optimizer: string;
  readonly firstLosses: readonly number[];
  readonly lastLoss: number;
  readonly accuracy: number;
  readonly trainImages: number;
  readonly trainSeconds: number;
  readonly classifyImages: number;
  readonly classifySeconds: number;
}

export interface Speed {
  readonly imagesPerSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly ratio: number | null;
}

export interface SummaryRow {
  readonly library: string;
  readonly version: string;
  readonly threads: number;
  readonly optimizer: string;
  readonly rounds: number;
  readonly train: Speed;
  readonly classify: Speed;
}

export function refusal(record: PeerRecord): string | null;
export function median(values: readonly number[]): number;
export function summarise(records: readonly PeerRecord[]): SummaryRow[];
export function formatTable(summary: readonly SummaryRow[]): string;

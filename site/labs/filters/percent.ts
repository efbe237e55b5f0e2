/** A share in per cent; a dash where there is none. */
export const percent = (share: number | null): string =>
  share === null ? "–" : `${Math.round(100 * share)} %`.replace("-", "−");

/**
 * The colours of cells, as classes whose colours `site/build/lab-style.mjs` takes from the figures:
 * six steps, for each sign, by day and by night.
 */

/**
 * `signed`: orange above 0, blue below it, for what goes forward. `gradient`: purple above 0, green
 * below it, for what comes back. `amount`: blue, the stronger the larger. `plain`: no colours.
 */
export type Scale = "signed" | "gradient" | "amount" | "plain";

/** The strongest step. */
export const STEPS = 6;

/** The class of a cell; empty for 0 and for numbers that are not finite. */
export function shadeClass(scale: Scale, value: number, largest: number): string {
  if (scale === "plain" || !Number.isFinite(value) || largest === 0 || value === 0) return "";
  const share = Math.min(1, Math.abs(value) / largest);
  const step = Math.max(1, Math.ceil(share * STEPS));
  const side = scale === "amount" || value < 0 ? "minus" : "plus";
  return `shade ${scale === "gradient" ? "g" : "f"}-${side}-${step}`;
}

/**
 * The colours of all figures and pages, by day and by night. Those of series are Okabe and Ito's,
 * which people tell apart whatever colours they see, made darker or brighter until each stands out
 * of its ground: by 3 to 1 for lines, by 4.5 to 1 for texts. A test computes it.
 */
export interface Scheme {
  /** Behind figures, and cards of a page. */
  readonly ground: string;
  /** Behind cards. */
  readonly page: string;
  /** Text, and whatever else is to be read. */
  readonly ink: string;
  /** Of what is said in passing: ticks, notes. */
  readonly soft: string;
  /** Of what is not to be noticed: grids, borders. */
  readonly line: string;
  /** Text that says that something passed. */
  readonly good: string;
  /** Text that says that something is wrong. */
  readonly bad: string;
  /** Text that says that nothing was shown either way. */
  readonly unclear: string;
  /** Text that links elsewhere. */
  readonly link: string;
  /** Lines and bars, in the order in which series take them; then they begin anew. */
  readonly series: readonly string[];
  /** Cells of matrices that are right, from the smallest share to all of it. */
  readonly right: readonly string[];
  /** The same for cells that are wrong. */
  readonly wrong: readonly string[];
}

/** The colours of light mode. */
export const light: Scheme = {
  ground: "#ffffff",
  page: "#fbfaf7",
  ink: "#22252b",
  soft: "#5c626d",
  line: "#dcdad3",
  good: "#2b7a4b",
  bad: "#b3261e",
  unclear: "#7d6200",
  link: "#1f5fa8",
  series: ["#0072b2", "#c85400", "#00825f", "#a8447f", "#8f6a00", "#4a4f59"],
  right: ["#ffffff", "#e3eff8", "#c3def1", "#9cc9e6", "#5f9fca", "#1a6ba6", "#0c4f80"],
  wrong: ["#ffffff", "#fdebdc", "#fad5b8", "#f5b585", "#e58f4e", "#b44a06", "#8a3702"],
};

/** The colours of dark mode, for readers whose system asks for it. */
export const dark: Scheme = {
  ground: "#1d2026",
  page: "#15171b",
  ink: "#e6e4df",
  soft: "#a6acb8",
  line: "#3a3f49",
  good: "#6cc48e",
  bad: "#ff8a80",
  unclear: "#e0bf50",
  link: "#7db4f0",
  series: ["#6ab7ee", "#f0914f", "#3fc79a", "#e691c4", "#e5c04a", "#c4c9d2"],
  right: ["#1d2026", "#1b2f40", "#1b4059", "#1d5375", "#3a8abc", "#6fb3de", "#a8d5f2"],
  wrong: ["#1d2026", "#3a2a1f", "#533420", "#6f4022", "#ba743d", "#e39a5e", "#f7c79c"],
};

/** Of signed numbers: they stand out of both grounds, since a picture has only one pair. */
export const signs = {
  /** Orange. */
  plus: "#d55e00",
  /** Blue. */
  minus: "#0072b2",
} as const;

/** Steps of shade from nothing to all of it. */
export const SHADES = light.right.length;

/** What is written on a cell of this shade: on the strongest ones, the ground's colour. */
export function inkOn(scheme: Scheme, shade: number): string {
  return shade >= 4 && scheme === dark ? dark.page : shade >= 5 ? scheme.ground : scheme.ink;
}

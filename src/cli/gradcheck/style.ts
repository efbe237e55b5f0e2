/** What the gradient check's page adds to the style of all pages. */
export const STYLE = `
h4 {
  font-size: 1.15rem;
  margin: 0 0 0.8rem;
  display: flex;
  align-items: baseline;
  gap: 0.5rem;
}
h4 small {
  font: 0.85rem var(--mono);
  color: var(--soft);
}
strong.wrong {
  color: var(--bad);
}
.legend {
  display: flex;
  flex-wrap: wrap;
  align-items: flex-start;
  gap: 0.6rem 1.6rem;
  font: 0.85rem var(--sans);
  color: var(--soft);
}
.swatch {
  display: inline-flex;
  align-items: center;
  gap: 0.45rem;
}
.swatch svg {
  flex: none;
}
.chip {
  font-family: var(--mono);
}
.chip::before {
  content: "●";
  margin-right: 0.4rem;
  color: var(--good);
}
.chip.wrong::before {
  color: var(--bad);
}
.chip.noise::before,
.chip.domain::before,
.chip.kink::before {
  color: var(--unclear);
}
.how {
  max-width: 46rem;
  margin: 1rem 0;
}
.card.wrong {
  border-color: var(--bad);
  box-shadow: inset 4px 0 0 var(--bad);
}
.verdict {
  font: 600 0.75rem var(--sans);
  letter-spacing: 0.04em;
  color: var(--good);
  margin-left: auto;
}
.verdict.wrong {
  color: var(--bad);
}
.verdict.noise,
.verdict.domain,
.verdict.kink {
  color: var(--unclear);
}
.hint {
  margin: 0 0 0.9rem;
  padding: 0.5rem 0.8rem;
  border-radius: 0.4rem;
  background: color-mix(in srgb, var(--bad) 10%, transparent);
  font-weight: 600;
}
.pictures {
  display: flex;
  flex-wrap: wrap;
  gap: 1rem 2rem;
  align-items: flex-start;
  justify-content: space-between;
}
/* a small map leaves room beside the curve, which the numbers take */
.found {
  flex: 1 1 20rem;
  min-width: 0;
}
.kinks {
  margin-top: 0.7rem;
}
.kinks ul {
  margin: 0.3rem 0 0;
  padding-left: 1.2rem;
  font: 0.8rem / 1.6 var(--mono);
}
tbody th,
td:nth-child(-n + 3) {
  font-family: var(--mono);
  font-weight: normal;
  white-space: nowrap;
}
td:nth-child(4) {
  min-width: 14rem;
}
.map,
.scale {
  display: block;
  max-width: 100%;
  height: auto;
}
.scale text {
  font: 12px var(--sans);
  fill: var(--soft);
}
.scale line {
  stroke: var(--soft);
}
.scale .tolerance {
  stroke: var(--ink);
  stroke-width: 2;
}
.patterns {
  position: absolute;
}
.hatch-ground {
  fill: color-mix(in srgb, var(--ink) 12%, var(--card));
}
.hatch-line {
  fill: color-mix(in srgb, var(--ink) 62%, var(--card));
}
`;

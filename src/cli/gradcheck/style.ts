/** How the page looks, by day and by night. */
export const STYLE = `
:root {
  --ground: #fbfaf7;
  --card: #fff;
  --ink: #22252b;
  --soft: #666c78;
  --line: #dcdad3;
  --central: #1f5fa8;
  --extrapolated: #c0592b;
  --good: #2b7a4b;
  --bad: #b3261e;
  --unclear: #8a6d00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171b;
    --card: #1d2026;
    --ink: #e6e4df;
    --soft: #9aa0ac;
    --line: #353a43;
    --central: #7db4f0;
    --extrapolated: #f0a070;
    --good: #6cc48e;
    --bad: #ff8a80;
    --unclear: #e0bf50;
  }
}
* {
  box-sizing: border-box;
}
body {
  margin: 0 auto;
  padding: 2.5rem 1.5rem 5rem;
  max-width: 72rem;
  background: var(--ground);
  color: var(--ink);
  font:
    16px / 1.55 Charter,
    "Bitstream Charter",
    "Sitka Text",
    Cambria,
    Georgia,
    serif;
}
h1 {
  font-size: 2.1rem;
  line-height: 1.15;
  margin: 0 0 0.5rem;
  letter-spacing: -0.01em;
}
h2 {
  font-size: 1.5rem;
  margin: 3.2rem 0 0.2rem;
  padding-top: 0.7rem;
  border-top: 2px solid var(--ink);
}
h3 {
  font:
    600 0.86rem / 1.5 ui-sans-serif,
    system-ui,
    sans-serif;
  color: var(--soft);
  margin: 1.6rem 0 0.6rem;
}
h4 {
  font-size: 1.15rem;
  margin: 0 0 0.8rem;
  display: flex;
  align-items: baseline;
  gap: 0.5rem;
}
h4 small {
  font:
    0.85rem ui-monospace,
    monospace;
  color: var(--soft);
}
.lead {
  max-width: 46rem;
  font-size: 1.08rem;
  margin: 0 0 1.4rem;
}
strong.wrong {
  color: var(--bad);
}
.legend {
  display: flex;
  flex-wrap: wrap;
  align-items: flex-start;
  gap: 0.6rem 1.6rem;
  font:
    0.85rem ui-sans-serif,
    system-ui,
    sans-serif;
  color: var(--soft);
}
.swatch {
  display: inline-flex;
  align-items: center;
  gap: 0.45rem;
  white-space: nowrap;
}
nav {
  display: flex;
  flex-wrap: wrap;
  gap: 0.4rem;
  margin: 1.4rem 0 1rem;
}
.chip {
  font:
    0.85rem ui-monospace,
    monospace;
  padding: 0.2rem 0.6rem;
  border: 1px solid var(--line);
  border-radius: 1rem;
  color: inherit;
  text-decoration: none;
  background: var(--card);
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
.chip:hover,
.chip:focus-visible {
  border-color: currentColor;
}
.how {
  max-width: 46rem;
  margin: 1rem 0;
}
summary {
  cursor: pointer;
  color: var(--soft);
  font:
    0.9rem ui-sans-serif,
    system-ui,
    sans-serif;
}
.card {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 0.6rem;
  padding: 1rem 1.2rem;
  margin: 0 0 1rem;
}
.card.wrong {
  border-color: var(--bad);
  box-shadow: inset 4px 0 0 var(--bad);
}
.verdict {
  font:
    600 0.75rem ui-sans-serif,
    system-ui,
    sans-serif;
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
figure {
  margin: 0;
  max-width: 100%;
  overflow-x: auto;
}
figcaption {
  font:
    0.8rem ui-sans-serif,
    system-ui,
    sans-serif;
  color: var(--soft);
  text-align: center;
}
dl {
  display: flex;
  flex-wrap: wrap;
  gap: 0.3rem 1.8rem;
  margin: 0.8rem 0 0;
}
dl div {
  display: flex;
  gap: 0.5rem;
  align-items: baseline;
}
dt {
  font:
    0.8rem ui-sans-serif,
    system-ui,
    sans-serif;
  color: var(--soft);
}
dd {
  margin: 0;
  font:
    0.8rem ui-monospace,
    monospace;
}
.kinks {
  margin-top: 0.7rem;
}
.kinks ul {
  margin: 0.3rem 0 0;
  padding-left: 1.2rem;
  font:
    0.8rem / 1.6 ui-monospace,
    monospace;
}
.wide {
  overflow-x: auto;
}
table {
  border-collapse: collapse;
  width: 100%;
  margin: 1.2rem 0 0;
  font:
    0.82rem ui-sans-serif,
    system-ui,
    sans-serif;
}
th {
  text-align: left;
  font-weight: 600;
  color: var(--soft);
}
th,
td {
  padding: 0.35rem 0.9rem 0.35rem 0;
  border-bottom: 1px solid var(--line);
}
td:nth-child(-n + 3) {
  font-family: ui-monospace, monospace;
  white-space: nowrap;
}
svg {
  display: block;
}
.map,
.curve {
  max-width: 100%;
  height: auto;
}
svg .name {
  font-style: italic;
}
svg text {
  font-size: 11px;
  font-family: ui-sans-serif, system-ui, sans-serif;
  fill: var(--soft);
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
.grid {
  stroke: var(--line);
  stroke-width: 1;
}
.axis {
  stroke: var(--soft);
}
.axis.tolerance {
  stroke: var(--ink);
  stroke-width: 2;
}
path {
  fill: none;
  stroke-linejoin: round;
}
path.central {
  stroke: var(--central);
  stroke-width: 2;
}
path.extrapolated {
  stroke: var(--extrapolated);
  stroke-width: 1.4;
}
path.bound {
  stroke: var(--soft);
  stroke-width: 1.2;
  stroke-dasharray: 4 4;
}
line.chosen {
  stroke: var(--ink);
  stroke-width: 1;
  stroke-dasharray: 1 3;
  stroke-linecap: round;
}
.kinked {
  fill: var(--card);
  stroke: var(--bad);
  stroke-width: 1.5;
}
.key {
  list-style: none;
  margin: 0.9rem 0 0;
  padding: 0;
  display: flex;
  flex-wrap: wrap;
  gap: 0.2rem 1.6rem;
  font:
    0.85rem ui-sans-serif,
    system-ui,
    sans-serif;
  color: var(--soft);
}
.key i {
  display: inline-block;
  width: 1.8rem;
  margin-right: 0.5rem;
  vertical-align: middle;
  border-top: 2px solid var(--central);
}
.key b {
  color: var(--bad);
}
.key i.extrapolated {
  border-color: var(--extrapolated);
}
.key i.bound {
  border-top: 2px dashed var(--soft);
}
.key i.chosen {
  border-top: 2px dotted var(--ink);
}
@media (max-width: 40rem) {
  body {
    padding: 1.2rem 0.8rem 3rem;
  }
  dl {
    flex-direction: column;
  }
  .verdict {
    margin-left: auto;
  }
}
`;

/** How pages look, by day and by night. */
import { dark, light, type Scheme } from "./palette.js";

function variables({ page, ground, ink, soft, line, good, bad, unclear, link }: Scheme): string {
  const colours = { ground: page, card: ground, ink, soft, line, good, bad, unclear, link };
  return Object.entries(colours)
    .map(([name, colour]) => `  --${name}: ${colour};\n`)
    .join("");
}

/** `--ground` is behind the page, `--card` behind figures and cards. */
export const PAGE_STYLE = `
:root {
${variables(light)}  --sans: ui-sans-serif, system-ui, sans-serif;
  --mono: ui-monospace, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
${variables(dark)}  }
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
  overflow-wrap: anywhere;
}
h2 {
  font-size: 1.5rem;
  margin: 3.2rem 0 0.2rem;
  padding-top: 0.7rem;
  border-top: 2px solid var(--ink);
}
h3 {
  font: 600 0.86rem / 1.5 var(--sans);
  color: var(--soft);
  margin: 1.6rem 0 0.6rem;
}
p {
  max-width: 46rem;
}
a {
  color: var(--link);
}
a:focus-visible,
summary:focus-visible,
[tabindex]:focus-visible {
  outline: 2px solid var(--link);
  outline-offset: 2px;
}
.lead {
  font-size: 1.08rem;
  margin: 0 0 1.4rem;
}
nav {
  display: flex;
  flex-wrap: wrap;
  gap: 0.4rem;
  margin: 1.4rem 0 1rem;
}
.chip {
  font: 0.85rem var(--sans);
  padding: 0.2rem 0.6rem;
  border: 1px solid var(--line);
  border-radius: 1rem;
  color: inherit;
  text-decoration: none;
  background: var(--card);
}
.chip:hover,
.chip:focus-visible {
  border-color: currentColor;
}
details {
  margin: 1.2rem 0;
}
summary {
  cursor: pointer;
  color: var(--soft);
  font: 0.9rem var(--sans);
}
.card {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 0.6rem;
  padding: 1rem 1.2rem;
  margin: 0 0 1rem;
}
.card > h3:first-child {
  margin-top: 0;
}
.cards {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr));
  gap: 1rem;
  margin: 1rem 0;
  align-items: start;
}
.cards > .card {
  margin: 0;
  min-width: 0;
}
figure {
  margin: 0;
  max-width: 100%;
  overflow-x: auto;
}
figcaption {
  margin-top: 0.5rem;
  font: 0.8rem / 1.45 var(--sans);
  color: var(--soft);
}
.large {
  display: none;
}
@media (min-width: 52rem) {
  .large {
    display: block;
  }
  .small {
    display: none;
  }
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
  font: 0.8rem var(--sans);
  color: var(--soft);
}
dd {
  margin: 0;
  font: 0.8rem var(--mono);
  overflow-wrap: anywhere;
}
pre,
code {
  font: 0.82rem / 1.5 var(--mono);
}
pre {
  overflow-x: auto;
  margin: 0.6rem 0;
}
.wide {
  overflow-x: auto;
}
table {
  border-collapse: collapse;
  min-width: min(100%, 34rem);
  margin: 1.2rem 0 0;
  font: 0.82rem var(--sans);
}
caption {
  text-align: left;
  color: var(--soft);
  padding-bottom: 0.3rem;
}
th {
  text-align: left;
  font-weight: 600;
  color: var(--soft);
}
tbody th {
  color: inherit;
}
th,
td {
  padding: 0.35rem 1.2rem 0.35rem 0;
  border-bottom: 1px solid var(--line);
}
.number {
  text-align: right;
  white-space: nowrap;
  font-variant-numeric: tabular-nums;
}
@media (max-width: 40rem) {
  body {
    padding: 1.2rem 0.8rem 3rem;
  }
  .card {
    padding: 0.8rem 0.7rem;
  }
  dl {
    flex-direction: column;
  }
}
@media print {
  body {
    max-width: none;
    padding: 0;
  }
  .card {
    break-inside: avoid;
  }
}
`;

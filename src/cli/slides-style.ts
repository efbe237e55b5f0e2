/** How slides look: one a screen, on paper one a page. */
export const SLIDES_STYLE = `
html {
  scroll-snap-type: y proximity;
}
body {
  max-width: none;
  padding: 0;
}
.slide {
  min-height: 100vh;
  min-height: 100svh;
  scroll-snap-align: start;
  padding: 1.6rem clamp(1rem, 4vw, 4rem) 0.6rem;
  display: flex;
  flex-direction: column;
  gap: 1rem;
}
.slide + .slide,
main {
  border-top: 1px solid var(--line);
}
h1 {
  font-size: clamp(2rem, 5vw, 3.6rem);
}
.slide h2 {
  margin: 0;
  padding: 0;
  border: 0;
  font-size: clamp(1.3rem, 2.6vw, 2rem);
}
.title .words {
  margin: auto 0;
  max-width: 52rem;
}
.title .lead {
  font-size: clamp(1.1rem, 2vw, 1.5rem);
  max-width: none;
}
.how {
  font: 0.85rem/1.5 var(--sans);
  color: var(--soft);
  overflow-wrap: anywhere;
}
.content {
  flex: 1;
  min-width: 0;
  display: grid;
  gap: 1.2rem clamp(1rem, 4vw, 4rem);
  align-items: center;
  align-content: center;
}
.picture figure {
  min-width: 0;
}
.picture figure .figure {
  width: 100%;
  max-width: 46rem;
  max-height: 74vh;
  margin: 0 auto;
}
.formula ~ .content .figure.figure {
  max-height: 58vh;
}
.picture .words,
.box,
.formula > div {
  min-width: 0;
}
.caption {
  margin: 0;
  font: clamp(0.9rem, 1.4vw, 1.15rem)/1.5 var(--sans);
  color: var(--soft);
  max-width: 34rem;
}
.formula {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 0.2rem 1rem;
  overflow-x: auto;
  padding: 0.4rem 0;
  line-height: 1.7;
  font-size: clamp(1rem, 1.5vw, 1.3rem);
}
.picture .formula {
  margin: 0 0 1rem;
  padding: 0.8rem 1rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 0.6rem;
}
math {
  font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", Cambria, Georgia, serif;
}
.tag {
  font: 0.85rem var(--sans);
  color: var(--soft);
  margin-left: auto;
}
.box {
  margin: 0 auto;
  width: 100%;
  max-width: 62rem;
  padding: 0.6rem 1.4rem;
  background: var(--card);
  border: 2px solid var(--ink);
  border-radius: 0.6rem;
  font-size: clamp(0.95rem, 1.25vw, 1.1rem);
}
.box p {
  max-width: none;
  margin: 0.5rem 0;
}
.pager {
  margin: 0;
  max-width: none;
  display: flex;
  align-items: center;
  justify-content: flex-end;
  gap: 0.6rem;
  font: 0.85rem var(--sans);
  color: var(--soft);
}
.pager a {
  display: inline-block;
  min-width: 2rem;
  line-height: 2rem;
  text-align: center;
  text-decoration: none;
  font-size: 1.3rem;
  color: inherit;
}
@media (min-width: 60rem) {
  .box.long {
    columns: 2;
    column-gap: 2.5rem;
    max-width: 76rem;
    font-size: 0.9rem;
  }
  .long .formula {
    font-size: 1rem;
    break-inside: avoid;
  }
  .picture .content {
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
  }
}
@media print {
  @page {
    size: 297mm 167mm;
    margin: 0;
  }
  .slide {
    min-height: 0;
    height: 166mm;
    padding: 8mm 12mm 4mm;
    border: 0;
    break-after: page;
    break-inside: avoid;
  }
  .slide.result {
    height: auto;
    min-height: 166mm;
  }
  .picture .content {
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
  }
  .picture figure .figure {
    max-height: 130mm;
  }
  .pager a,
  .how {
    display: none;
  }
}
`;

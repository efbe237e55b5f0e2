/** Equation (7.1), with the numbers that the sliders have now. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { OutputSize } from "leibniz/tracing";
import { root } from "../../client/dom.js";

export function equation([down, across]: readonly [OutputSize, OutputSize]): TemplateResult {
  const isSame = down.size === across.size && down.kernel === across.kernel;
  const { dilation } = down;
  const place = `${root()}chapters/conv2d.html#conv2d.2`;
  const why =
    dilation === 1
      ? "equation (7.1) of the book that the notes study"
      : "equation (7.1) of the book that the notes study, with a dilation, which it leaves out";
  return html`<section class="size" aria-label="The size of out">
    <p class="formula">
      <math displaystyle="true"
        ><mi>outH</mi><mo>=</mo><mrow
          ><mo>⌊</mo
          ><mfrac
            ><mrow
              ><mi>H</mi><mo>+</mo><mn>2</mn><mo>·</mo><mi>padH</mi><mo>−</mo><mi>dilationH</mi
              ><mo>·</mo><mo>(</mo><mi>kH</mi><mo>−</mo><mn>1</mn><mo>)</mo><mo>−</mo
              ><mn>1</mn></mrow
            ><mi>strideH</mi></mfrac
          ><mo>⌋</mo></mrow
        ><mo>+</mo><mn>1</mn></math
      >
    </p>
    ${written("outH", down)} ${isSame ? nothing : written("outW", across)}
    <p>
      This is <a href=${place}>(conv2d.2)</a>: ${why}. ${isSame ? "outW is the same." : nothing}
      ${left(down, across)}
    </p>
  </section>`;
}

function written(name: string, one: OutputSize): TemplateResult {
  const { size, padding, dilation, kernel, stride, room, steps, out } = one;
  return html`<p class="formula">
    <math displaystyle="true"
      ><mi>${name}</mi><mo>=</mo
      ><mrow
        ><mo>⌊</mo
        ><mfrac
          ><mrow
            ><mn>${size}</mn><mo>+</mo><mn>2</mn><mo>·</mo><mn>${padding}</mn><mo>−</mo
            ><mn>${dilation}</mn><mo>·</mo><mo>(</mo><mn>${kernel}</mn><mo>−</mo><mn>1</mn><mo>)</mo
            ><mo>−</mo><mn>1</mn></mrow
          ><mn>${stride}</mn></mfrac
        ><mo>⌋</mo></mrow
      ><mo>+</mo><mn>1</mn></math
    >
    <math displaystyle="true"
      ><mo>=</mo><mrow><mo>⌊</mo><mfrac><mn>${room}</mn><mn>${stride}</mn></mfrac><mo>⌋</mo></mrow
      ><mo>+</mo><mn>1</mn><mo>=</mo><mn>${steps}</mn><mo>+</mo><mn>1</mn><mo>=</mo
      ><mn class="found">${out}</mn></math
    >
  </p>`;
}

/** What (conv2d.2a) leaves over. */
function left(down: OutputSize, across: OutputSize): string {
  const words = (rest: number, what: string): string =>
    `${rest} ${what}${rest === 1 ? "" : "s"} at the ${what === "row" ? "bottom" : "right"}`;
  const parts = [
    ...(down.rest > 0 ? [words(down.rest, "row")] : []),
    ...(across.rest > 0 ? [words(across.rest, "column")] : []),
  ];
  return parts.length === 0
    ? "The division comes out even: every row and column is in a window."
    : `The division leaves a remainder: ${parts.join(" and ")}, padding included, in no window.`;
}

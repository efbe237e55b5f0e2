/** An equation of the chapters as the code says it, with the ways to both. */
import { html, type TemplateResult } from "lit-html";
import { root } from "../../client/dom.js";

const CODE = "src/backprop/conv2d.ts.html";

/**
 * @param chapter that has the equation: `conv2d-gradients`
 * @param tag `conv2d.10`
 * @param text as it stands in the code
 * @param isInCode whether the code has a comment with the tag
 */
export function equation(
  chapter: string,
  tag: string,
  text: string,
  isInCode = true,
): TemplateResult {
  return html`<p class="code-line">
    <code>${text}</code>
    <span
      ><a href="${root()}chapters/${chapter}.html#${tag}">(${tag})</a>${
        isInCode
          ? html` · <a href="${root()}${CODE}#:~:text=(${tag})">its line in the code</a>`
          : ""
      }</span
    >
  </p>`;
}

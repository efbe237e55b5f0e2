/** ⟨Wx, y⟩ = ⟨x, Wᵀy⟩ as a balance: x and y lie on it, and a mistake makes it tip. */
import { html, svg, type TemplateResult } from "lit-html";
import { inputGrid, lineOf, upstreamGrid } from "./maps.js";
import type { CheckLab, Seen } from "./panel.js";
import { tensorGrid } from "./tensor-grid.js";
import { figure, power, SIGNS } from "./words.js";

/** How far it tips at the most, in degrees. */
const MOST = 14;

export function balanceView(lab: CheckLab, seen: Seen): TemplateResult {
  const { balance } = seen.result;
  const { gradient, argument, shape } = lineOf(seen);
  if (balance === null)
    return html`<p>
      The adjoint is for layers that are linear, up to a constant: this one is not linear in
      ${argument}. Take a convolution, an affine layer, an average pooling, or im2col.
    </p>`;
  const { result, moved, back } = balance;
  const { forward, backward, relativeError, verdict } = result;
  const isLevel = verdict === "pass";
  const said = isLevel ? "level" : `tips to the ${forward > backward ? "left" : "right"}`;
  const name = argument;
  const input = seen.result.inputs.find((one) => one.name === argument)!;
  return html`<h3>⟨f(${name}) − f(0), y⟩ and ⟨${name}, backward(y)⟩</h3>
    ${scale(name, forward, backward, isLevel)}
    <p aria-live="polite" class="balance-says">
      <span class="verdict ${verdict}">${SIGNS[verdict]} ${said}</span>:
      ${figure(forward)} and ${figure(backward)}, apart by ${power(relativeError)} of all that is
      added up. ${
        isLevel
          ? "Change any number of x or y: it stays level, since backward is the transposed matrix."
          : "So backward is not the transposed matrix of forward."
      }
    </p>
    <div class="grids">
      ${
        argument === "x"
          ? inputGrid(lab, seen)
          : tensorGrid({
              label: name,
              shape: input.shape,
              scale: "signed",
              value: (entry) => input.data[entry]!,
            })
      }
      ${tensorGrid({
        label: `f(${name}) − f(0)`,
        shape: seen.result.out.shape,
        scale: "signed",
        value: (entry) => moved[entry]!,
      })}
      ${upstreamGrid(lab, seen, "y, which is dOut")}
      ${tensorGrid({
        label: `backward(y), which is ${gradient}`,
        shape,
        scale: "gradient",
        value: (entry) => back[entry]!,
      })}
    </div>`;
}

function scale(name: string, forward: number, backward: number, isLevel: boolean): TemplateResult {
  const size = Math.max(Math.abs(forward), Math.abs(backward));
  const share = isLevel || size === 0 ? 0 : (backward - forward) / size;
  // a small difference has to be seen as well
  const angle = isLevel ? 0 : Math.sign(share) * Math.max(3, MOST * Math.min(1, Math.abs(share)));
  const radians = (angle * Math.PI) / 180;
  const pan = (x: number): readonly [number, number] => [
    200 + (x - 200) * Math.cos(radians),
    46 + (x - 200) * Math.sin(radians),
  ];
  const [left, right] = [pan(70), pan(330)];
  const dish = ([x, y]: readonly [number, number], number: number, words: string) => svg`
    <path class="string" d="M${x} ${y}l-44 56h88z" />
    <path class="dish" d="M${x - 52} ${y + 56}h104q-52 30 -104 0z" />
    <text x=${x} y=${y + 50} text-anchor="middle">${figure(Number(number.toPrecision(6)))}</text>
    <text class="soft" x=${x} y=${y + 92} text-anchor="middle">${words}</text>`;
  return html`<svg class="balance" viewBox="0 0 400 190" aria-hidden="true">
    <path class="post" d="M200 46V176M160 176h80" />
    <line class="beam" x1=${left[0]} y1=${left[1]} x2=${right[0]} y2=${right[1]} />
    <circle class="post" cx="200" cy="46" r="5" />
    ${dish(left, forward, `⟨f(${name}) − f(0), y⟩`)}
    ${dish(right, backward, `⟨${name}, backward(y)⟩`)}
  </svg>`;
}

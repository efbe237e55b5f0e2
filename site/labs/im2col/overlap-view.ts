/** There and back again: col2im(im2col(x)) is not x, and col2im of ones says by which factor. */
import { html, type TemplateResult } from "lit-html";
import { fullNumber } from "../frame/short-number.js";
import { equation } from "./equation.js";
import { planeGrids } from "./grids.js";
import { lightsOf } from "./lights.js";
import { planes } from "./planes.js";
import { named } from "./names.js";
import { chosenPixel, isPixel, type PixelTarget, type Scene } from "./scene.js";

export function overlapView(scene: Scene): TemplateResult {
  const { lab, numbers, point } = scene;
  const target = scene.pointed?.kind === "pixel" ? scene.pointed : chosenPixel(scene);
  const lights = lightsOf(scene, target);
  const shared = {
    marks: lights.pixel,
    onPoint: (at: readonly number[] | null) =>
      point(at && { kind: "pixel", c: at[0]!, h: at[1]!, w: at[2]! }),
    onPick: (pixel: readonly number[]) => lab.set({ pixel }),
  };
  return html`<p class="hint">Choose a pixel in any of the three.</p>
    <div class="grids">
      ${planeGrids(scene, planes(scene, "x"), {
        name: "x",
        scale: "signed",
        edited: "x",
        ...shared,
      })}
      ${planeGrids(scene, planes(scene, "x", numbers.roundTrip), {
        name: "col2im(im2col(x))",
        scale: "signed",
        ...shared,
      })}
      ${planeGrids(scene, planes(scene, "x", numbers.copies), {
        name: "col2im of ones",
        scale: "amount",
        ...shared,
      })}
    </div>
    <p class="readout">${readout(scene, target)}</p>
    ${equation(
      "conv2d-gradients",
      "conv2d.9",
      "x[n, c, u(p, i), v(q, j)] += cols[n, (c·kH + i)·kW + j, p·outW + q]",
      false,
    )}`;
}

function readout(scene: Scene, { c, h, w }: PixelTarget): TemplateResult {
  if (!isPixel(scene, h, w)) return html`The padding has no number of its own: choose a pixel.`;
  const { x, copies, roundTrip, geometry } = scene.numbers;
  const at = (c * geometry.H + h) * geometry.W + w;
  const name = named("x", c, h, w);
  const times = copies[at]!;
  if (times === 0)
    return html`No window holds ${name} = ${fullNumber(x[at]!)}: no copy of it comes back, and it is
      0 afterwards.`;
  return html`${times === 1 ? "One window holds" : `${times} windows hold`} ${name} =
    ${fullNumber(x[at]!)}, so ${times === 1 ? "1 copy comes" : `${times} copies come`} back:
    ${times} · ${fullNumber(x[at]!)} = <output>${fullNumber(roundTrip[at]!)}</output>.`;
}

/** What is seen of the laboratory without script: a digit, Sobel's filter, out, and one sum. */
import { pictures, type PicturesOptions } from "leibniz/figures";
import { initialState } from "../frame/fields.js";
import { shortNumber } from "../frame/short-number.js";
import { compute } from "./compute.js";
import type { OutFocus } from "./focus.js";
import { percent } from "./percent.js";
import { fields, type FiltersState } from "./state.js";

const AT = [10, 8] as const;

export async function still(): Promise<string> {
  const state: FiltersState = { ...initialState(fields), pin: "out", at: AT };
  const { picture, out, sizes, focus } = await compute(state);
  const { shift } = await compute({ ...state, view: "shift" });
  const [down] = sizes;
  const figure = [
    image({
      title: "A digit",
      description: `A handwritten ${state.digit} of 28 × 28 pixels, white on black.`,
      kind: "light",
      size: 196,
      pictures: [{ caption: "picture", ...picture }],
    }),
    image({
      title: "What Sobel's filter makes of it",
      description: "The left edges of its strokes are orange, above 0, the right ones blue.",
      kind: "signed",
      size: 196,
      pictures: [{ caption: `out, ${down.out} × ${down.out}`, ...out }],
    }),
  ].join("\n");
  const size =
    `outH = ⌊(${down.size} + 2·${down.padding} − ${down.dilation}·(${down.kernel} − 1) − 1) / ` +
    `${down.stride}⌋ + 1 = ⌊${down.room} / ${down.stride}⌋ + 1 = ${down.out}`;
  return (
    `<div class="still-pictures">${figure}</div>\n` +
    `<p>The filter, Sobel x, lies over 3 × 3 pixels at a time. Here is where the number ` +
    `out[${AT.join(", ")}] comes from:</p>\n${patchTable(focus as OutFocus)}\n` +
    `<p>How many numbers there are: ${size}.</p>\n` +
    "<p>When the picture moves by one pixel to the right, this becomes of each layer:</p>\n" +
    table(
      ["layer", "changed by", "in common, in place", "in common, moved along"],
      shift.map(({ name, change, kept, followed }) => [
        name === "x" ? "picture" : name,
        percent(change),
        percent(kept),
        percent(followed),
      ]),
    )
  );
}

/** Its style is in it, which a page of this site may not have. */
function image(options: PicturesOptions): string {
  const svg = pictures(options);
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
  const source = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return `<img src="${source}" alt="${options.description}" width="${width}" height="${height}">`;
}

function patchTable({ patch, out }: OutFocus): string {
  const rows = patch.map(({ h, w, value, weight, product }) => [
    `x[${h}, ${w}]`,
    ...[weight, value, product].map(shortNumber),
  ]);
  return table(
    ["pixel", "weight", "its value", "product"],
    [...rows, ["sum", "", "", shortNumber(out[0]!)]],
  );
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((text) => `<${tag}>${text}</${tag}>`).join("")}</tr>`;
  return (
    `<div class="table"><table><thead>${line(heads, "th")}</thead>` +
    `<tbody>${rows.map((cells) => line(cells, "td")).join("")}</tbody></table></div>`
  );
}

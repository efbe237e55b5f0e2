/** Receipts as tables: every addend with its indices, and the sum beside the engine's number. */
import { html, type TemplateResult } from "lit-html";
import { fullNumber, shortNumber } from "../frame/short-number.js";
import { equation } from "./equation.js";
import { factor, named } from "./names.js";
import { chosenPixel, chosenWindow, isPixel, type Scene } from "./scene.js";

/** One addend: two named factors and their product. */
interface Row {
  readonly from: string;
  readonly names: readonly [string, string];
  readonly factors: readonly [number, number];
  readonly product: number;
}

interface Receipt {
  readonly caption: string;
  readonly from: string;
  readonly rows: readonly Row[];
  readonly sum: number;
  /** What the engine says, and what it is called. */
  readonly engine: readonly [name: string, value: number];
}

function receiptTable({ caption, from, rows, sum, engine: [name, value] }: Receipt) {
  return html`<div class="receipt" role="region" tabindex="0" aria-label=${caption}>
      <table>
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            <th scope="col">${from}</th>
            <th scope="col">factors</th>
            <th scope="col">numbers</th>
            <th scope="col">product</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ from: place, names, factors, product }) =>
              html`<tr>
                <td>${place}</td>
                <td><span>${names[0]}</span> · <span>${names[1]}</span></td>
                <td>${factor(factors[0])} · ${factor(factors[1])}</td>
                <td class="number">${fullNumber(product)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="total">
      ${rows.length === 0 ? "No addends: the sum is" : `Sum of ${addends(rows.length)}:`}
      <output>${fullNumber(sum)}</output>. The engine's ${name}:
      <output>${fullNumber(value)}</output>.
    </p>`;
}

const addends = (count: number): string => (count === 1 ? "1 addend" : `${count} addends`);

export function pixelReceipt(scene: Scene): TemplateResult {
  const { c, h, w } = chosenPixel(scene);
  const { pixel, dXWithFrame, geometry } = scene.numbers;
  const { H, W, padH, padW } = geometry;
  const place = (c * (H + 2 * padH) + h + padH) * (W + 2 * padW) + w + padW;
  const name = named("dX", c, h, w);
  const isThere = isPixel(scene, h, w);
  return html`${receiptTable({
    caption: `Receipt of ${name}`,
    from: "window",
    rows: pixel.shares.flatMap(({ addends: all }) =>
      all.map(({ k, i, j, p, q, weight, dOut, product }) => ({
        from: `(${p}, ${q})`,
        names: [named("weight", k, c, i, j), named("dOut", k, p, q)] as const,
        factors: [weight, dOut] as const,
        product,
      })),
    ),
    sum: pixel.sum,
    engine: [isThere ? name : "dX with the padding as pixels", dXWithFrame[place]!],
  })}
  ${
    isThere
      ? ""
      : html`<p class="note">
        Here is no pixel, only padding: this number is computed and then thrown away.
      </p>`
  }
  ${equation("conv2d-gradients", "conv2d.8", "dColsₙ = filtersᵀ · dOutₙ")}
  ${equation("conv2d-gradients", "conv2d.10", "dX = col2im(dCols)")}`;
}

export function weightReceipt(scene: Scene): TemplateResult {
  const { entry, dWeight, geometry } = scene.numbers;
  const [k, c, i, j] = scene.state.entry as [number, number, number, number];
  const { kH, kW } = geometry;
  const name = named("dWeight", k, c, i, j);
  const at = ((k * scene.state.channels + c) * kH + i) * kW + j;
  return html`${receiptTable({
    caption: `Receipt of ${name}`,
    from: "window",
    rows: entry.addends.map(({ p, q, h, w, isPadding, value, dOut, product }) => ({
      from: `(${p}, ${q})`,
      names: [isPadding ? "padding" : named("x", c, h, w), named("dOut", k, p, q)] as const,
      factors: [value, dOut] as const,
      product,
    })),
    sum: entry.sum,
    engine: [name, dWeight[at]!],
  })}
  ${equation("conv2d-gradients", "conv2d.7", "dWeight = Σₙ dOutₙ · colsₙᵀ")}`;
}

export function outputReceipt(scene: Scene): TemplateResult {
  const { output, geometry } = scene.numbers;
  const { k, p, q } = chosenWindow(scene);
  const name = named("out", k, p, q);
  const at = (k * geometry.outH + p) * geometry.outW + q;
  return html`${receiptTable({
    caption: `Receipt of ${name}`,
    from: "row of cols",
    rows: output.products.map(({ c, i, j, h, w, isPadding, value, weight, product }, row) => ({
      from: shortNumber(row),
      names: [named("weight", k, c, i, j), isPadding ? "padding" : named("x", c, h, w)] as const,
      factors: [weight, value] as const,
      product,
    })),
    sum: output.products.reduce((total, { product }) => total + product, 0),
    engine: [name, scene.numbers.out[at]!],
  })}
  ${equation("conv2d-im2col", "conv2d.5", "outₙ = filters · colsₙ + bias")}`;
}

/** Four scores, their probabilities, and the gradient, which is probabilities minus targets. */
import {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxForward,
} from "leibniz/backprop";
import { diagram, element, formatNumber, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "loss-uphill";

const NAMES = ["cat", "dog", "owl", "fox"];
const LOGITS = [1.2, 2, -1, 0.3];
/** The right class. */
const LABEL = 0;
const [ROW, HIGH] = [34, 16];

/** @returns {Promise<string>} */
export default async function draw() {
  const logits = tensor([LOGITS]);
  const p = (await softmaxForward(logits)).out;
  const { cache } = await softmaxCrossEntropyForward(logits, [LABEL]);
  const { dLogits } = await softmaxCrossEntropyBackward(tensor(1), cache);
  const row = (t) => LOGITS.map((_, c) => t.get(0, c));
  const part = (top, title, values, { zero, unit, series, below, outline }) => {
    const bottom = top + 8 + ROW * values.length;
    return [
      label([14, top - 4], title),
      element("line", { class: "axis", x1: zero, x2: zero, y1: top + 4, y2: bottom }),
      ...values.flatMap((value, c) => {
        const y = top + 12 + ROW * c;
        const [from, to] = [
          Math.min(zero, zero + unit * value),
          Math.max(zero, zero + unit * value),
        ];
        const colour = value < 0 ? below : series;
        const text = [value < 0 ? from - 6 : to + 6, y + HIGH / 2 + 4];
        const beyond = outline === undefined ? 0 : Math.max(0, unit * outline[c] - unit * value);
        return [
          label([14, y + HIGH / 2 + 4], NAMES[c], c === LABEL ? { series: 2 } : {}),
          element("rect", {
            class: `s${colour} fill`,
            x: from,
            y,
            width: to - from,
            height: HIGH,
            rx: 1,
          }),
          ...(outline === undefined || outline[c] === 0
            ? []
            : [
                element("rect", {
                  class: "s2 line",
                  x: zero,
                  y: y - 3,
                  width: unit * outline[c],
                  height: HIGH + 6,
                  "stroke-dasharray": "4 3",
                }),
              ]),
          label([text[0] + (beyond > 0 ? 3 : 0), text[1]], formatNumber(value, 2), {
            anchor: value < 0 ? "end" : "start",
          }),
        ];
      }),
    ];
  };
  const targets = row(cache.targets);
  return diagram({
    title: "From scores to probabilities to the gradient",
    description:
      `The scores ${LOGITS.join(", ")} become probabilities. The gradient of the loss is ` +
      `positive for three classes and negative for the right one, ${NAMES[LABEL]}.`,
    width: 380,
    height: 566,
    content: [
      ...part(26, "logits: the scores x", LOGITS, { zero: 160, unit: 68, series: 5, below: 5 }),
      ...part(210, "p = softmax(x); dashed: the target t", row(p), {
        zero: 70,
        unit: 250,
        series: 4,
        outline: targets,
      }),
      ...part(394, "gradient: p − t", row(dLogits), { zero: 220, unit: 150, series: 1, below: 0 }),
      label([14, 556], "descent lowers the orange scores, raises the blue one", {
        soft: true,
        size: 12,
      }),
    ],
  });
}

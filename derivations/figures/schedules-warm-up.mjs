/** A warm-up in front of a cosine, step by step: each bar is one step's rate. */
import { arrow, diagram, element, formatNumber, label } from "leibniz/figures";
import { buildSchedule, cosine, warmUp } from "leibniz/training";

export const breaks = {
  file: "src/training/schedules.ts",
  find: "from + (1 - from) * (step / steps)",
  replace: "from + (1 - from) * ((step + 1) / steps)",
};

const [T, W] = [16, 4];
const [LEFT, BOTTOM, HEIGHT, BAR] = [16, 190, 150, 23];

export default async function draw() {
  const f = buildSchedule(warmUp(W, cosine()));
  const bars = Array.from({ length: T }, (_, t) => {
    const height = HEIGHT * f(t, T);
    const x = LEFT + t * BAR;
    const series = t < W ? 1 : 0;
    return [
      element("rect", {
        class: `s${series} fill`,
        x: x + 2,
        y: BOTTOM - height,
        width: BAR - 4,
        height,
      }),
      label([x + BAR / 2, BOTTOM + 16], `${t}`, { anchor: "middle", size: 12, soft: true }),
      t < W
        ? label([x + BAR / 2, BOTTOM - height - 6], formatNumber(f(t, T)), {
            anchor: "middle",
            size: 12,
            series,
          })
        : "",
    ].join("");
  });
  const join = LEFT + W * BAR;
  return diagram({
    title: "A warm-up of four steps in front of a cosine",
    description:
      "Bars for sixteen steps. The first four grow along a line: 0.2, 0.4, 0.6, 0.8. The fifth " +
      "has the full rate and is the cosine's first; eleven more follow, falling to 0.",
    width: 400,
    height: 240,
    content: [
      ...bars,
      element("line", {
        class: "axis",
        x1: LEFT,
        x2: LEFT + T * BAR,
        y1: BOTTOM,
        y2: BOTTOM,
      }),
      arrow([join, 12], [join, BOTTOM], { headless: true, dashed: true }),
      label([LEFT, 22], "warm-up", { series: 1 }),
      label([join + 10, 22], "cosine, from its own step 0", { series: 0 }),
      label([LEFT + 2 * BAR, BOTTOM + 38], `W = ${W}`, { anchor: "middle", series: 1, size: 13 }),
      label([join + ((T - W) * BAR) / 2, BOTTOM + 38], `T − W = ${T - W}`, {
        anchor: "middle",
        series: 0,
        size: 13,
      }),
    ],
  });
}

/** Half a wave: level at both ends, steepest in the middle, and the same seen upside down. */
import { arrow, diagram, element, formatNumber, label } from "leibniz/figures";
import { buildSchedule, cosine } from "leibniz/training";

export const breaks = {
  file: "src/training/schedules.ts",
  find: "b + (a - b) * ((1 + cosPi(way)) / 2)",
  replace: "b + (a - b) * (1 - way)",
};

const [STEPS, LOWEST] = [40, 0.2];
const [LEFT, RIGHT, TOP, BOTTOM] = [62, 372, 30, 226];

export default async function draw() {
  const f = buildSchedule(cosine({ lowest: LOWEST }));
  const at = (t, factor) => [LEFT + ((RIGHT - LEFT) * t) / STEPS, BOTTOM - (BOTTOM - TOP) * factor];
  const curve = Array.from({ length: STEPS + 1 }, (_, t) => at(t, f(t, STEPS)));
  const path = `M${curve.map((place) => place.map((one) => Number(one.toFixed(1))).join(" ")).join("L")}`;
  const [early, late] = [8, STEPS - 8];
  const middle = STEPS / 2;
  const slope = (f(middle + 1, STEPS) - f(middle - 1, STEPS)) / 2;
  const tangent = (t) => at(t, f(middle, STEPS) + slope * (t - middle));
  const soft = { size: 13, soft: true };
  const dot = ([cx, cy]) => element("circle", { class: "s1 fill", cx, cy, r: 3.5 });
  const mean = f(middle, STEPS);
  return diagram({
    title: "Half a wave of a cosine, from a to b in n steps",
    description:
      "The curve leaves a level, is steepest in the middle and arrives level at b. Two places as " +
      "far from the two ends are as far above and below the middle, whose height is the mean of " +
      "a and b.",
    width: 400,
    height: 262,
    content: [
      arrow([LEFT, BOTTOM], [RIGHT + 18, BOTTOM]),
      arrow([LEFT, BOTTOM], [LEFT, TOP - 20]),
      arrow(at(0, mean), at(STEPS, mean), { headless: true, dashed: true }),
      arrow(at(0, LOWEST), at(STEPS, LOWEST), { headless: true, dashed: true }),
      arrow(tangent(11), tangent(29), { headless: true, series: 2 }),
      element("path", { class: "s0 line", d: path }),
      ...[early, late].flatMap((t) => [
        arrow(at(t, mean), at(t, f(t, STEPS)), { series: 1 }),
        dot(at(t, f(t, STEPS))),
      ]),
      label([at(early, 0)[0] + 8, at(0, 0.72)[1]], formatNumber(f(early, STEPS) - mean), {
        series: 1,
        size: 13,
      }),
      label([at(late, 0)[0] - 8, at(0, 0.5)[1]], formatNumber(f(late, STEPS) - mean), {
        anchor: "end",
        series: 1,
        size: 13,
      }),
      label([tangent(11)[0] + 8, tangent(11)[1] + 2], "slope −(π/2)·(a − b)/n", {
        series: 2,
        size: 13,
      }),
      label([LEFT - 8, at(0, 1)[1] + 4], "a = 1", { anchor: "end", size: 13 }),
      label([LEFT - 8, at(0, LOWEST)[1] + 4], `b = ${LOWEST}`, { anchor: "end", size: 13 }),
      label([LEFT + 6, at(0, mean)[1] + 15], "(a + b)/2", soft),
      label([LEFT, BOTTOM + 18], "0", { anchor: "middle", size: 13 }),
      label([at(early, 0)[0], BOTTOM + 18], "t", { anchor: "middle", italic: true, size: 13 }),
      label([at(late, 0)[0], BOTTOM + 18], "n − t", { anchor: "middle", italic: true, size: 13 }),
      label([RIGHT, BOTTOM + 18], "n", { anchor: "middle", italic: true, size: 13 }),
    ],
  });
}

/** One cycle with two phases and with three. */
import { arrow, diagram, element, label } from "leibniz/figures";
import { buildSchedule, oneCycle } from "leibniz/training";

export const breaks = {
  file: "src/training/schedules.ts",
  find: "const peak = peakAt * total - 1;",
  replace: "const peak = peakAt * total * 0.8;",
};

const T = 100;
const OPTIONS = { peakAt: 0.35, start: 0.15, end: 0.02 };
const [LEFT, RIGHT, HEIGHT, ROW] = [44, 386, 110, 172];

export default async function draw() {
  const panels = [
    ["two phases, PyTorch's default", oneCycle(OPTIONS), 0],
    ["three phases, as in Smith's paper", oneCycle({ ...OPTIONS, threePhases: true }), 1],
  ].flatMap(([name, description, series], r) => {
    const f = buildSchedule(description);
    const bottom = 34 + HEIGHT + r * ROW;
    const at = (t, factor) => [LEFT + ((RIGHT - LEFT) * t) / (T - 1), bottom - HEIGHT * factor];
    const places = Array.from({ length: T }, (_, t) => at(t, f(t, T)));
    const path = `M${places.map((place) => place.map((one) => Number(one.toFixed(1))).join(" ")).join("L")}`;
    // the step with the highest factor
    let peak = 0;
    for (let t = 0; t < T; t++) if (f(t, T) > f(peak, T)) peak = t;
    const marks = [[peak, "P"], ...(r === 0 ? [] : [[2 * peak, "2P"]]), [T - 1, "T − 1"]];
    const italic = { anchor: "middle", italic: true, size: 13 };
    return [
      label([LEFT, bottom - HEIGHT - 16], name, { series }),
      arrow(at(0, 1), at(T - 1, 1), { headless: true, dashed: true }),
      arrow(at(0, f(0, T)), at(T - 1, f(0, T)), { headless: true, dashed: true }),
      ...marks
        .slice(0, -1)
        .map(([t]) => arrow(at(t, 0), at(t, f(t, T)), { headless: true, dashed: true })),
      element("line", { class: "axis", x1: LEFT, x2: RIGHT, y1: bottom, y2: bottom }),
      element("path", { class: `s${series} line`, d: path }),
      label([LEFT - 8, at(0, 1)[1] + 4], "1", { anchor: "end", size: 13 }),
      label([LEFT - 8, at(0, f(0, T))[1] + 4], "s", { anchor: "end", italic: true, size: 13 }),
      label([RIGHT + 4, at(0, f(T - 1, T))[1] + 2], "e", { italic: true, size: 13 }),
      label([LEFT, bottom + 16], "0", { anchor: "middle", size: 13 }),
      ...marks.map(([t, text]) =>
        label(
          [at(t, 0)[0], bottom + 16],
          text,
          t === T - 1 ? { ...italic, anchor: "end" } : italic,
        ),
      ),
    ];
  });
  return diagram({
    title: "One cycle with two phases and with three",
    description:
      "With two phases the factor rises from s to 1 at step P and falls to e at the last step. " +
      "With three it falls back to s at step 2P, as fast as it rose, and only then goes to e.",
    width: 400,
    height: 2 * ROW + 24,
    content: [
      ...panels,
      label([LEFT, 2 * ROW + 14], "across: step; up: factor of the learning rate", {
        soft: true,
      }),
    ],
  });
}

/** Eight steps of one length from one place, and what each does to the loss. */
import { Parameter } from "leibniz/backprop";
import { arrow, contours, diagram, element, formatNumber, label, onSurface } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { multiply, sum, tensor } from "leibniz/tensor";
import { Sgd } from "leibniz/training";

export const breaks = "descent-uphill";

const PLACE = [1.6, 1];
/** The bowl x²/4 + y², and its gradient. */
const height = (x, y) => x ** 2 / 4 + y ** 2;
const gradient = tensor([PLACE[0] / 2, 2 * PLACE[1]]);
const LENGTH = 0.62;

export default async function draw() {
  const surface = {
    at: [10, 10],
    size: [380, 320],
    surface: height,
    x: [0.5, 2.69],
    y: [0.05, 1.895],
    levels: [0.4, 1, 1.64, 2.4, 3.2],
  };
  const parameter = new Parameter("w", [2], 1, 1, { dtype: "float64" });
  parameter.value.data.set(PLACE);
  parameter.grad.data.set(gradient.data);
  const size = Math.sqrt(sum(multiply(gradient, gradient)).item());
  await new Sgd([{ name: "w", parameter }], { learningRate: LENGTH / size }).step(reference);
  const [dx, dy] = [0, 1].map((axis) => parameter.value.data[axis] - PLACE[axis]);
  const at = onSurface(surface, ...PLACE);
  const radius = (LENGTH * 380) / 2.19;
  const steps = Array.from({ length: 8 }, (_, k) => {
    const [cos, sin] = [Math.cos((k * Math.PI) / 4), Math.sin((k * Math.PI) / 4)];
    const way = [cos * dx - sin * dy, sin * dx + cos * dy];
    const change = sum(multiply(gradient, tensor(way))).item();
    const to = onSurface(surface, PLACE[0] + way[0], PLACE[1] + way[1]);
    const [x, y] = [0, 1].map((axis) => at[axis] + 1.17 * (to[axis] - at[axis]));
    const text = Math.abs(change) < 1e-9 ? "0" : formatNumber(change, 2);
    const across = (to[0] - at[0]) / radius;
    const anchor = across > 0.5 ? "start" : across < -0.5 ? "end" : "middle";
    return [
      arrow(at, to, k === 0 ? { series: 1 } : {}),
      k === 0
        ? label([x, y + 5], `−η·g: ${text}`, { anchor, halo: true, series: 1 })
        : label([x, y + 5], text, { anchor, halo: true }),
    ].join("");
  });
  return diagram({
    title: "Eight steps of one length, and what each does to the loss",
    description:
      "Contour lines of a bowl, a circle around a place on it, and eight arrows to the circle. " +
      "Against the gradient, at a right angle to the contour line, the loss falls most; along " +
      "the contour line it does not change; with the gradient it rises most.",
    width: 400,
    height: 340,
    content: [
      contours(surface),
      element("circle", { class: "guide line thin faint", cx: at[0], cy: at[1], r: radius }),
      ...steps,
      label([20, 320], "numbers: change of the loss, ⟨g, Δw⟩", { halo: true, soft: true }),
    ],
  });
}

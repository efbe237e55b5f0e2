/** Four schedules over a hundred steps. */
import { lineChart } from "leibniz/figures";
import { buildSchedule, cosine, oneCycle, stepDecay, warmUp } from "leibniz/training";

export const breaks = {
  file: "src/training/schedules.ts",
  find: "Math.floor(step / every)",
  replace: "Math.ceil(step / every)",
};

const STEPS = 100;

const curve = (description) => {
  const schedule = buildSchedule(description);
  return Array.from({ length: STEPS }, (_, t) => [t, schedule(t, STEPS)]);
};

export default async function draw() {
  return lineChart({
    title: "Four schedules",
    description:
      "The factor of the learning rate over a hundred steps. Step decay goes down in stairs. The " +
      "cosine falls from 1 to 0 along half a wave. With a warm-up it first rises along a line for " +
      "ten steps. One cycle rises smoothly to 1 within thirty steps and then falls to 0.",
    width: 400,
    height: 240,
    x: { label: "step t of T = 100" },
    y: { label: "factor f of the learning rate", domain: [0, 1.04] },
    series: [
      { name: "step decay", points: curve(stepDecay({ every: 30, factor: 0.3 })) },
      { name: "cosine", points: curve(cosine()) },
      { name: "warm-up, cosine", points: curve(warmUp(10, cosine())) },
      { name: "one cycle", points: curve(oneCycle()) },
    ],
  });
}

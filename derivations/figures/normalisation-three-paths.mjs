/** The three ways from a number to what is made of it, with the gradient that each brings back. */
import { batchNorm1dBackward, batchNorm1dForward, moments } from "leibniz/backprop";
import { arrow, cells, diagram, formatNumber, graph, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "batch-statistics-held-fixed";

/** Four numbers of one channel, and the gradient that arrives for what becomes of each. */
const [X, UPSTREAM] = [
  [2, 4, 4, 10],
  [6, 0, -6, 24],
];
const M = X.length;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const column = (values) => tensor(values.map((value) => [value]));
  const [x, dXHat] = [column(X), column(UPSTREAM)];
  const [one, zero] = [tensor([1]), tensor([0])];
  const batch = await moments(x.reshape([M, 1, 1, 1]));
  const pass = (mode) =>
    batchNorm1dForward(x, one, zero, batch, { mode, epsilon: Number.MIN_VALUE });
  const training = await pass("train");
  const { dX, dWeight, dBias } = await batchNorm1dBackward(dXHat, training.cache);
  // in evaluation mean and variance stand still: what comes back then took the direct way
  const held = await batchNorm1dBackward(dXHat, (await pass("evaluate")).cache);
  const rho = training.cache.images.standardised.rho.item();
  const [mu, variance] = [batch.mean.item(), batch.variance.item()];
  const dMu = -rho * dBias.item();
  const dRho = dWeight.item() / rho;
  const dVariance = (-(rho ** 3) / 2) * dRho;
  const list = (values) => Array.from(values.data ?? values);
  const direct = list(held.dX);
  const throughMean = direct.map(() => dMu / M);
  const throughVariance = X.map((value) => (dVariance * 2 * (value - mu)) / M);
  const row = (values) => `(${list(values).map(fraction).join(", ")})`;
  const [above, back] = [
    [170, 40],
    [170, 372],
  ];
  const table = {
    at: [230, 462],
    values: [direct, throughMean, throughVariance, list(dX)],
    format: fraction,
    size: 32,
    windows: [{ row: 3, column: 0, size: [1, M], series: 1 }],
  };
  const rowName = (text, r, options = {}) =>
    label([222, 483 + 32 * r], text, { anchor: "end", ...options });
  return diagram({
    title: "The three ways from x to x̂, and what comes back along each",
    description:
      `Four numbers x = ${row(x)} have the mean ${fraction(mu)} and the variance ` +
      `${fraction(variance)}. Gradients come back directly, through the mean and through the ` +
      `variance, and add up to ${row(dX)}.`,
    width: 400,
    height: 600,
    content: [
      label([6, 18], "forward", { series: 0, size: 13 }),
      label([6, 35], "backward", { series: 1, size: 13 }),
      arrow([184, 198], [309, 158], { dashed: true }),
      arrow([156, 44], [145, 368], { bend: 95 }),
      graph({
        nodes: [
          { id: "x", at: above, text: "x", kind: "operation" },
          { id: "mu", at: [170, 203], text: "μ", kind: "operation" },
          { id: "variance", at: [325, 153], text: "σ²", kind: "operation" },
          { id: "rho", at: [325, 270], text: "ρ", kind: "operation" },
          { id: "xHat", at: back, text: "x̂", kind: "operation" },
        ],
        edges: [
          { from: "x", to: "mu", backward: row(throughMean), along: 0.68 },
          { from: "x", to: "variance" },
          { from: "mu", to: "xHat", forward: fraction(mu), backward: fraction(dMu) },
          {
            from: "variance",
            to: "rho",
            forward: fraction(variance),
            backward: fraction(dVariance),
          },
          { from: "rho", to: "xHat" },
        ],
      }),
      label([190, 36], row(x), { series: 0, size: 13 }),
      label([262, 84], row(throughVariance), { series: 1, size: 13 }),
      label([62, 210], row(direct), { series: 1, size: 13 }),
      label([244, 309], fraction(rho), { series: 0, size: 13, anchor: "end" }),
      label([262, 340], fraction(dRho), { series: 1, size: 13 }),
      label([248, 197], "0", { series: 1, size: 13 }),
      label([170, 404], `x̂ = ${row(training.out)}`, { series: 0, size: 13, anchor: "middle" }),
      label([170, 423], `dX̂ = ${row(dXHat)}`, { series: 1, size: 13, anchor: "middle" }),
      cells(table),
      rowName("direct", 0),
      rowName("+  through μ", 1),
      rowName("+  through σ² and ρ", 2),
      rowName("=  dX", 3),
    ],
  });
}

/** Thirds as such. */
function fraction(value) {
  const thirds = value * 3;
  const isThird = Math.abs(thirds - Math.round(thirds)) < 1e-9 && Math.round(thirds) % 3 !== 0;
  return isThird ? `${formatNumber(Math.round(thirds))}/3` : formatNumber(value);
}

/** Two inputs, each on two paths to the loss: along every path a product, at every input a sum. */
import { affineBackward, affineForward } from "leibniz/backprop";
import { arrow, BACKWARD, diagram, formatNumber, FORWARD, graph, label } from "leibniz/figures";
import { tensor, sum } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/affine.ts",
  find: "const dWeight = await backend.matmul(dOut, x, { transposeA: true });",
  replace: "const dWeight = await backend.matmul(dOut, weight, { transposeA: true });",
};

const [X0, X1] = [2, -1];
const SHARES = [1, 3];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  // a product of two numbers is an affine layer with one of each
  const u = await affineForward(tensor([[X0]]), tensor([[X1]]), null);
  const v = await affineForward(tensor([[X0, X1]]), tensor([SHARES]), null);
  const loss = await affineForward(u.out, v.out, null);
  const { dX: dU, dWeight: dV } = await affineBackward(tensor([[1]]), loss.cache);
  const { dX: x0ByU, dWeight: x1ByU } = await affineBackward(dU, u.cache);
  const [x0ByV, x1ByV] = (await affineBackward(dV, v.cache)).dX.data;
  const [byU0, byU1] = [x0ByU.item(), x1ByU.item()];
  const said = (value) => formatNumber(value);
  const plus = (a, b) =>
    `${said(a)} ${b < 0 ? "−" : "+"} ${said(Math.abs(b))} = ${said(sum(tensor([a, b])).item())}`;
  const nodes = [
    { id: "x0", at: [54, 70], text: `x₀ = ${said(X0)}` },
    { id: "x1", at: [54, 250], text: `x₁ = ${said(X1)}` },
    { id: "u", at: [232, 70], text: "u = x₀ · x₁", kind: "operation" },
    { id: "v", at: [232, 250], text: `v = x₀ + ${SHARES[1]}x₁`, kind: "operation" },
    { id: "loss", at: [364, 160], text: "loss = u · v", kind: "operation" },
  ];
  const edges = [
    { from: "x0", to: "u", backward: `dU · x₁ = ${said(byU0)}`, along: 0.47 },
    { from: "x0", to: "v" },
    { from: "x1", to: "u" },
    { from: "x1", to: "v", backward: `dV · ${SHARES[1]} = ${said(x1ByV)}`, along: 0.5 },
    { from: "u", to: "loss" },
    { from: "v", to: "loss" },
  ];
  const small = { series: BACKWARD, size: 13 };
  return diagram({
    title: "Two inputs, two paths each",
    description:
      `x₀ = ${X0} and x₁ = ${X1} both go into u = x₀ · x₁ and into v = x₀ + ${SHARES[1]}x₁, and the loss is ` +
      "u · v. A gradient comes back on each of the four edges, and at each input the two add up.",
    width: 420,
    height: 330,
    content: [
      graph({ nodes, edges }),
      label([97, 128], `dV · ${SHARES[0]} = ${said(x0ByV)}`, { ...small, anchor: "end", size: 12 }),
      label([97, 200], `dU · x₀ = ${said(byU1)}`, { ...small, anchor: "end", size: 12 }),
      label([292, 58], `u = ${said(u.out.item())}`, { series: FORWARD, size: 13 }),
      label([316, 100], `dU = v = ${said(dU.item())}`, small),
      label([292, 272], `v = ${said(v.out.item())}`, { series: FORWARD, size: 13 }),
      label([316, 228], `dV = u = ${said(dV.item())}`, small),
      label([364, 191], `loss = ${said(loss.out.item())}`, {
        anchor: "middle",
        series: FORWARD,
        size: 13,
      }),
      label([10, 34], `dX₀ = ${plus(byU0, x0ByV)}`, { series: BACKWARD }),
      label([10, 294], `dX₁ = ${plus(byU1, x1ByV)}`, { series: BACKWARD }),
      arrow([24, 318], [64, 318], { series: FORWARD }),
      label([70, 322], "forward: numbers", { series: FORWARD, size: 13 }),
      arrow([260, 318], [220, 318], { series: BACKWARD }),
      label([266, 322], "backward: gradients", { series: BACKWARD, size: 13 }),
    ],
  });
}

/** A residual block with two numbers: the shortcut, and what comes back along both branches. */
import { affineBackward, affineForward, residualBackward, residualForward } from "leibniz/backprop";
import { arrow, diagram, formatNumber, graph, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "shortcut-forgotten-going-back";

const [X, UPSTREAM] = [
  [3, 1],
  [2, 10],
];
const WEIGHT = [
  [1, 2],
  [0, -1],
];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const [x, dOut] = [tensor([X]), tensor([UPSTREAM])];
  const seen = {};
  const body = async (input) => {
    const { out, cache } = await affineForward(input, tensor(WEIGHT), null);
    seen.out = out;
    const backward = async (upstream) => {
      seen.upstream = upstream;
      seen.dX = (await affineBackward(upstream, cache)).dX;
      return seen.dX;
    };
    return { out, backward };
  };
  const shortcut = async (input) => {
    const backward = async (upstream) => {
      seen.past = upstream;
      return upstream;
    };
    return { out: input, backward };
  };
  // the shortcut as a branch that does nothing, to see what comes back along it
  const both = await residualForward(x, body, shortcut);
  await residualBackward(dOut, both.cache);
  const { out, cache } = await residualForward(x, body, null);
  const { dX } = await residualBackward(dOut, cache);
  const row = (values) => `(${Array.from(values.data, (value) => formatNumber(value)).join(", ")})`;
  const small = { size: 12 };
  return diagram({
    title: "A residual block, forward and backward",
    description:
      `x = ${row(x)} goes through a body, which makes ${row(seen.out)} of it, and past it along ` +
      `the shortcut. The sum is ${row(out)}. Back come ${row(seen.dX)} through the body and ` +
      `${row(seen.past)} along the shortcut, together ${row(dX)}.`,
    width: 380,
    height: 372,
    content: [
      label([6, 18], "forward", { series: 0, ...small }),
      label([6, 35], "backward", { series: 1, ...small }),
      arrow([144, 58], [145, 253], { bend: -120 }),
      label([259, 160], row(x), { series: 0, anchor: "end", ...small }),
      label([271, 160], row(seen.past), { series: 1, ...small }),
      graph({
        nodes: [
          { id: "x", at: [130, 56], text: "x", kind: "operation" },
          { id: "f", at: [130, 156], text: "body f", kind: "operation" },
          { id: "sum", at: [130, 256], text: "+", kind: "operation" },
          { id: "out", at: [130, 346], text: "out", kind: "operation" },
        ],
        edges: [
          { from: "x", to: "f", forward: row(x), backward: row(seen.dX) },
          { from: "f", to: "sum", forward: row(seen.out), backward: row(seen.upstream) },
          { from: "sum", to: "out", forward: row(out), backward: row(dOut) },
        ],
      }),
      label([268, 186], "shortcut", { soft: true, ...small }),
      label([160, 30], `dX = ${row(seen.dX)} + ${row(seen.past)} = ${row(dX)}`, {
        series: 1,
        ...small,
      }),
    ],
  });
}

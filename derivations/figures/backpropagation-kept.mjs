/** The notes' network as a chain: what goes down, what is kept on the way, and what comes back up. */
import { affineForward, conv2dForward, maxPool2dForward, reluForward } from "leibniz/backprop";
import { arrow, BACKWARD, diagram, element, FORWARD, label } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { notebookNetwork } from "leibniz/network";
import { Random } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/geometry.ts",
  find: "const outH = Math.floor((H + 2 * padH - spanH) / strideH) + 1;",
  replace: "const outH = Math.floor((H + 2 * padH - spanH) / strideH);",
};

/** Where numbers go down and come up, and where the boxes between them begin and end. */
const [DOWN, FROM, TO, UP] = [20, 62, 360, 400];
/** Where bars begin, how long the longest is, and from one layer to the next. */
const [BAR, LONGEST, ROW, TOP] = [128, 78, 44, 56];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const network = notebookNetwork();
  const x = [new Random("an image").normal([1, 1, 28, 28])];
  const { out } = await network.forward(x[0], {
    backend: reference,
    mode: "evaluate",
    observe: (_name, output) => x.push(output),
  });
  const rows = [];
  for (const [l, { name, layer }] of network.layers.entries()) {
    const parameters = layer.parameters.reduce((sum, { value }) => sum + value.size, 0);
    rows.push({ name, parameters, ...(await keptBy(layer, x[l])) });
  }
  const most = Math.max(...rows.map(({ asColumns }) => asColumns));
  const long = (numbers) => (LONGEST * numbers) / most;
  const last = TOP + rows.length * ROW;
  return diagram({
    title: "What each layer of the notes' network keeps, and what it hands back",
    description:
      `Ten layers, one below the other. Beside each how many numbers it keeps for one image, from ` +
      `${count(most)} for the columns of the second convolution, were they laid out, to none for flatten, and to how ` +
      `many parameters it adds a gradient; ${out.size} logits come out.`,
    width: 420,
    height: last + 72,
    content: [
      label([DOWN - 14, 18], "forward", { series: FORWARD, size: 13 }),
      label([BAR, 18], "keeps", { size: 13 }),
      label([TO - 6, 18], "dWeight, dBias", { anchor: "end", series: BACKWARD, size: 13 }),
      label([UP + 16, 18], "back", { anchor: "end", series: BACKWARD, size: 13 }),
      ...rows.flatMap(({ name, parameters, kept, asColumns }, l) => {
        const y = TOP + l * ROW;
        const columns = asColumns > kept ? ` (${count(asColumns)})` : "";
        const shown = kept > 0 ? `${count(kept)}${columns}` : "the shape";
        const end = BAR + (asColumns > 0 ? long(asColumns) + 6 : 0);
        return [
          ...passing(`x${digits(l)}`, l === 0 ? null : `dX${digits(l)}`, y - 18),
          box(y, 26),
          label([FROM + 10, y + 17], name),
          bar(long(asColumns), y, "band"),
          bar(long(kept), y, "fill"),
          label([end, y + 17], shown, { size: 13, soft: asColumns === 0 }),
          parameters === 0
            ? ""
            : label([TO - 6, y + 17], count(parameters), {
                anchor: "end",
                series: BACKWARD,
                size: 13,
              }),
        ];
      }),
      ...passing(`x${digits(rows.length)}`, `dX${digits(rows.length)}`, last - 18),
      box(last, 26),
      label([FROM + 10, last + 17], "softmax with cross-entropy: the loss"),
      element("rect", { class: "s2 fill", x: FROM, y: last + 45, width: 18, height: 12 }),
      label([FROM + 25, last + 55], "kept", { size: 13, soft: true }),
      element("rect", { class: "s2 band", x: FROM + 64, y: last + 45, width: 18, height: 12 }),
      label([FROM + 89, last + 55], "(columns: reference backend only)", { size: 13, soft: true }),
    ],
  });
}

/** How many numbers a layer keeps of an image, and how many with its columns laid out. */
async function keptBy({ kind, parameters }, x) {
  const weight = parameters[0]?.value;
  if (kind === "conv2d") {
    const { cols } = (await conv2dForward(x, weight, null)).cache;
    return { kept: cols.x.size, asColumns: cols.layOut().size };
  }
  const kept =
    (kind === "relu" && (await reluForward(x)).cache.x.size) ||
    (kind === "maxPool2d" &&
      (await maxPool2dForward(x, { kernelSize: 2 })).cache.argmax.data.length) ||
    (kind === "affine" && (await affineForward(x, weight, null)).cache.x.size) ||
    0;
  return { kept, asColumns: kept };
}

/** What is handed down to a layer, and what it hands back. */
function passing(down, up, y) {
  return [
    arrow([DOWN, y - 8], [DOWN, y + 26], { series: FORWARD }),
    label([DOWN + 7, y + 11], down, { series: FORWARD, size: 13 }),
    ...(up === null
      ? []
      : [
          arrow([UP, y + 26], [UP, y - 8], { series: BACKWARD }),
          label([UP - 7, y + 11], up, { anchor: "end", series: BACKWARD, size: 13 }),
        ]),
  ];
}

const box = (y, height) =>
  element("rect", { class: "guide line", x: FROM, y, width: TO - FROM, height, rx: 7 });
const bar = (width, y, kind) =>
  width < 0.5 ? "" : element("rect", { class: `s2 ${kind}`, x: BAR, y: y + 7, width, height: 12 });
const count = (number) => number.toLocaleString("en-US");
const digits = (number) => [...String(number)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

/** Wrong answers to the exercises of dropout and of the residual block. */
import type { WrongAnswer } from "./wrong-answer.js";

type Row = readonly [name: string, mistake: string, replace: string, names: readonly RegExp[]];

function answers(
  layer: string,
  { find, gradient = "dX" }: { readonly find: string; readonly gradient?: string },
  rows: readonly Row[],
): readonly WrongAnswer[] {
  return rows.map(([name, mistake, replace, names]) => ({
    layer,
    name: `${layer}-${name}`,
    mistake,
    edits: [{ find, replace }],
    gradient,
    names,
  }));
}

/** In each, p = 1 − 1/m for an entry m of the mask that is not 0. */
const dropout = answers("dropout", { find: "await backend.multiply(dOut, mask)" }, [
  [
    "mask-left-out",
    "Hands dOut on as it is, as in evaluation.",
    "map(dOut, (d) => d)",
    [/mask/i, /dropout\.12/],
  ],
  [
    "mask-twice",
    "Multiplies by the mask twice, and so by 1/(1 − p)².",
    "multiply(multiply(dOut, mask), mask)",
    [/mask|1 [−-] p/i, /twice|squared|two times|again|²/i],
  ],
  [
    "not-scaled",
    "Lets through what forward let through, without 1/(1 − p).",
    "zip(dOut, mask, (d, m) => (m > 0 ? d : 0))",
    [/1 [−-] p/, /dropout\.(1|12)\b/],
  ],
  [
    "p-for-one-minus-p",
    "Divides by p instead of by 1 − p.",
    "zip(dOut, mask, (d, m) => (m > 0 ? d / (1 - 1 / m) : 0))",
    [/p for 1|p instead of 1|1\/p|divided by p|by p\b/, /dropout\.(1|12)\b/],
  ],
  [
    "multiplied-by-p",
    "Multiplies what is let through by p.",
    "zip(dOut, mask, (d, m) => (m > 0 ? d * (1 - 1 / m) : 0))",
    [/times p|· p\b|\bp ·|by p\b|p (for|instead of) 1/, /dropout\.(1|12)\b/],
  ],
  [
    "divided-by-the-mask",
    "Multiplies by 1 − p instead of dividing.",
    "zip(dOut, mask, (d, m) => (m > 0 ? d / m : 0))",
    [/1 [−-] p/, /multipl|divi|invers|times|·|\(1 [−-] p\)²/i],
  ],
  [
    "mask-turned-round",
    "Lets through what was left out, and keeps back what was not.",
    "zip(dOut, mask, (d, m) => (m > 0 ? 0 : d))",
    [/invert|other entries|left out|dropped|opposite|complement|turned|1 [−-] mask/i],
  ],
  [
    "mask-for-gradient",
    "Returns the mask: the chain rule's factor dOut is forgotten.",
    "map(mask, (m) => m)",
    [/dOut.*(left out|missing|forgotten|not multiplied|no part)|without dOut/i],
  ],
]);

const inPlace: WrongAnswer = {
  layer: "dropout",
  name: "dropout-dout-changed-in-place",
  mistake: "Multiplies dOut itself by the mask and returns it.",
  edits: [
    {
      find: "return { dX: await backend.multiply(dOut, mask) };",
      replace:
        "const product = multiply(dOut, mask);\n" +
        "  for (let i = 0; i < product.data.length; i++) dOut.data[i] = product.data[i]!;\n" +
        "  return { dX: dOut };",
    },
  ],
  gradient: "dX",
  names: [/in place|dOut.*(chang|overwrit|modif)|(chang|overwrit|modif).*dOut/i],
};

const SUM = "await backend.add(throughBody!, throughShortcut!)";
const residual: readonly WrongAnswer[] = [
  ...answers("residual", { find: SUM }, [
    [
      "shortcut-left-out",
      "Comes back through the body only.",
      "throughBody",
      [/shortcut/i, /residual\.8/],
    ],
    [
      "body-left-out",
      "Comes back through the shortcut only.",
      "throughShortcut",
      [/body|\bf\b|Jᶠ/, /residual\.8/],
    ],
    [
      "product-for-sum",
      "Multiplies the gradients of the two branches, as along a chain.",
      "multiply(throughBody!, throughShortcut!)",
      [/multipl|product|add|sum/i, /residual\.8/],
    ],
    [
      "mean-for-sum",
      "Takes the mean of both branches' gradients.",
      "multiply(add(throughBody!, throughShortcut!), 0.5)",
      [/half|halv|mean|average|1\/2|½|0\.5|factor 2/i],
    ],
    [
      "shortcut-subtracted",
      "Subtracts the shortcut's gradient.",
      "subtract(throughBody!, throughShortcut!)",
      [/shortcut/i, /sign|subtract|minus|−/i, /residual\.8/],
    ],
    [
      "shortcut-twice",
      "Adds the shortcut's gradient twice.",
      "add(add(throughBody!, throughShortcut!), throughShortcut!)",
      [/shortcut/i, /twice|doubl|2|two times/i, /residual\.8/],
    ],
    [
      "identity-shortcut-left-out",
      "Adds what comes through a shortcut of layers only; x itself is taken for none.",
      "s === undefined ? throughBody : add(throughBody!, throughShortcut!)",
      [/shortcut/i, /residual\.8/],
    ],
    [
      "projection-left-out",
      "Adds dOut where the shortcut is x itself, and nothing where it has layers.",
      "s === undefined ? add(throughBody!, throughShortcut!) : throughBody",
      [/shortcut/i, /residual\.8/],
    ],
  ]),
  ...answers("residual", { find: "s === undefined ? dOut : await" }, [
    [
      "shortcut-behind-the-body",
      "Takes what came through the body for the gradient of a shortcut that is x itself.",
      "s === undefined ? throughBody : await",
      [/shortcut/i, /residual\.(4|8)/],
    ],
  ]),
  ...answers("residual", { find: "await f.backward(dOut, wanted)", gradient: "dWeight" }, [
    [
      "gradient-split",
      "Splits dOut among the branches: the body is given half of it.",
      "await f.backward(multiply(dOut, 0.5), wanted)",
      [/half|halv|1\/2|½|0\.5|factor 2|too small/i],
    ],
  ]),
];

export const dropoutAndResidualAnswers: readonly WrongAnswer[] = [...dropout, inPlace, ...residual];

/** Wrong answers to the exercises of the functions that are applied to each entry alone. */
import type { WrongAnswer } from "./wrong-answer.js";

/** What every line about these layers has to tell from the others, in any words. */
const KINK = /kink|corner|x = 0|at 0|exactly 0|>=|≥/i;
const WITHOUT_DOUT = /without dOut|dOut.*(left out|missing|forgotten|not multiplied|no part)/i;
const TWICE = /twice|squared|two times|again|²/i;
const SIGN = /sign|minus|negat|−1|-1|flipped/i;
const OTHER_SIDE = /other side|wrong side|swap|exchang|revers|invert|opposite|places|x [<≤] 0/i;

type Row = readonly [name: string, mistake: string, replace: string, names: readonly RegExp[]];

/** Answers that all replace the same expression of one layer's file. */
function answers(layer: string, find: string, rows: readonly Row[]): readonly WrongAnswer[] {
  return rows.map(([name, mistake, replace, names]) => ({
    layer,
    name: `${layer.toLowerCase()}-${name}`,
    mistake,
    edits: [{ find, replace }],
    gradient: "dX",
    names,
  }));
}

const relu = answers("relu", "await backend.reluBackward(dOut, x)", [
  [
    "mask-left-out",
    "Lets the whole gradient through, as if the rectifier were not there.",
    "map(dOut, (d) => d)",
    [/mask|gate|1\[x > 0\]|negative|everywhere/i, /relu\.8/],
  ],
  [
    "masked-by-dout",
    "Rectifies the gradient as the signal was: takes the mask from dOut.",
    "map(dOut, (d) => (d > 0 ? d : 0))",
    [/dOut/, /mask|gate|sign|> 0|positive|rectif/i, /relu\.8/],
  ],
  [
    "kink-let-through",
    "Writes x >= 0, so that an input of exactly 0 lets the gradient through.",
    "zip(dOut, x, (d, v) => (v >= 0 ? d : 0))",
    [KINK, /relu\.8/],
  ],
  [
    "kink-halved",
    "Takes 1/2 for the slope at x = 0, the middle of both sides.",
    "zip(dOut, x, (d, v) => (v > 0 ? d : v < 0 ? 0 : d / 2))",
    [KINK, /relu\.8/],
  ],
  [
    "mask-of-the-other-side",
    "Lets the gradient through where x is negative.",
    "zip(dOut, x, (d, v) => (v < 0 ? d : 0))",
    [new RegExp(`${OTHER_SIDE.source}|negative`, "i"), /relu\.8/],
  ],
  [
    "mask-for-gradient",
    "Returns the slope alone, 1[x > 0]: the chain rule's factor dOut is forgotten.",
    "map(x, (v) => (v > 0 ? 1 : 0))",
    [WITHOUT_DOUT],
  ],
  [
    "value-for-slope",
    "Multiplies by max(x, 0), the value, instead of its derivative.",
    "zip(dOut, x, (d, v) => d * Math.max(v, 0))",
    [/value|forward|max\(x|times x|[·⊙] x|multiplied by x|\bout\b/i, /relu\.8/],
  ],
  [
    "sign-for-mask",
    "Multiplies by the sign of x, the derivative of |x|.",
    "zip(dOut, x, (d, v) => d * Math.sign(v))",
    [/sign|\|x\||−1|-1|−dOut/i, /relu\.8/],
  ],
  [
    "leaks",
    "Lets a hundredth through where x is negative, as the leaky rectifier does.",
    "zip(dOut, x, (d, v) => (v > 0 ? d : 0.01 * d))",
    [/leak|0\.01/i, /relu\.8/],
  ],
]);

const reluInPlace: WrongAnswer = {
  layer: "relu",
  name: "relu-dout-changed-in-place",
  mistake: "Writes the zeros into dOut itself and returns it.",
  edits: [
    {
      find: "return { dX: await backend.reluBackward(dOut, x) };",
      replace:
        "x.data.forEach((value, i) => {\n" +
        "    if (value <= 0) dOut.data[i] = 0;\n" +
        "  });\n" +
        "  return { dX: dOut };",
    },
  ],
  gradient: "dX",
  names: [/in place|dOut.*(chang|overwrit|modif)|(chang|overwrit|modif).*dOut/i],
};

const leakyRelu = answers("leakyRelu", "(value > 0 ? 1 : negativeSlope)", [
  [
    "nothing-leaks",
    "Takes 0 for the slope of negative values, as relu does.",
    "(value > 0 ? 1 : 0)",
    [/negativeSlope|leak|negative|relu/i, /activations\.(17|4)\b/],
  ],
  [
    "slopes-exchanged",
    "Gives negative values the slope 1, and positive ones negativeSlope.",
    "(value > 0 ? negativeSlope : 1)",
    [OTHER_SIDE, /activations\.(17|4)\b/],
  ],
  [
    "default-slope",
    "Writes 0.01, the default, where the layer's own negativeSlope belongs.",
    "(value > 0 ? 1 : 0.01)",
    [/0\.01|default/i, /activations\.(17|4)\b/],
  ],
  [
    "kink-has-slope-one",
    "Writes value >= 0, so that the slope at exactly 0 is 1.",
    "(value >= 0 ? 1 : negativeSlope)",
    [KINK, /activations\.(17|4)\b/],
  ],
  [
    "value-for-slope",
    "Multiplies by the function's value instead of its derivative.",
    "(value > 0 ? value : negativeSlope * value)",
    [/value|forward|\bout\b|times x|[·⊙] x/i, /activations\.(17|4)\b/],
  ],
  [
    "negative-slope-negated",
    "Takes −negativeSlope for the slope of negative values.",
    "(value > 0 ? 1 : -negativeSlope)",
    [/[−-]\s?negativeSlope|sign|minus/i, /activations\.(17|4)\b/],
  ],
  [
    "slope-one-everywhere",
    "Hands dOut on as it is: the slope of negative values is forgotten.",
    "1",
    [/negativeSlope|slope|f′/i, /activations\.(17|4)\b/],
  ],
]);

const leakyReluByGradient = answers(
  "leakyRelu",
  'await timesSlope("leakyReluBackward", dOut, x, slope, { backend, known })',
  [
    [
      "sides-from-dout",
      "Asks for the sign of dOut instead of x's.",
      "multiply(dOut, map(dOut, slope))",
      [/dOut/, /sign|side|mask|> 0|slope|instead of/i, /activations\.(17|4)\b/],
    ],
    [
      "slope-for-gradient",
      "Returns the slope alone: the chain rule's factor dOut is forgotten.",
      "map(x, slope)",
      [WITHOUT_DOUT],
    ],
  ],
);

const sigmoid = answers("sigmoid", "probability * (1 - probability)", [
  [
    "slope-at-the-output",
    "Takes p for x, and so the slope at the output instead of the input.",
    "sigmoid(probability) * (1 - sigmoid(probability))",
    [/σ\(p\)|σ′\(p\)|σ\(σ|at (its|the) output|at p\b|twice|again|p for x/i, /activations\.(9|4)/],
  ],
  [
    "one-minus-p-left-out",
    "Multiplies by p alone: the factor 1 − p is forgotten.",
    "probability",
    [/1 [−-] p/, /activations\.(9|4)/],
  ],
  [
    "p-left-out",
    "Multiplies by 1 − p alone: the factor p is forgotten.",
    "1 - probability",
    [/\bp\b/, /activations\.(9|4)/],
  ],
  [
    "one-plus-p",
    "Writes 1 + p for 1 − p.",
    "probability * (1 + probability)",
    [/1 [+−-] p|sign/i, /activations\.(9|4)/],
  ],
  [
    "slope-of-tanh",
    "Takes the slope of tanh, 1 − p².",
    "1 - probability * probability",
    [/tanh|p²/, /activations\.(9|4)/],
  ],
  [
    "sign-of-e-to-the-minus-x",
    "Loses the minus of e⁻ˣ on the way: −p · (1 − p).",
    "probability * (probability - 1)",
    [SIGN],
  ],
  [
    "slope-twice",
    "Multiplies by the slope twice.",
    "(probability * (1 - probability)) ** 2",
    [TWICE, /activations\.(9|4)/],
  ],
  [
    "slope-left-out",
    "Hands dOut on as it is.",
    "1",
    [/slope|derivative|f′|σ′|p · \(1|passed on|handed on|unchanged/i],
  ],
]);

const SIGMOID_LINE = 'await timesSlope("sigmoidBackward", dOut, p, slope, { backend, known })';
const sigmoidByGradient = answers("sigmoid", SIGMOID_LINE, [
  [
    "slope-for-gradient",
    "Returns the slope alone: the chain rule's factor dOut is forgotten.",
    "map(p, slope)",
    [WITHOUT_DOUT],
  ],
  [
    "slope-at-dout",
    "Takes the slope at dOut instead of at x: dOut · dOut · (1 − dOut).",
    "multiply(dOut, map(dOut, slope))",
    [/dOut/, /slope|σ′|\(1 [−-] dOut\)|instead of/i, /activations\.(9|4)/],
  ],
]);

const tanh = answers("tanh", "1 - value * value", [
  ["t-not-squared", "Writes 1 − t for 1 − t².", "1 - value", [/square|t²|1 [−-] t\b/i]],
  ["plus-t-squared", "Writes 1 + t².", "1 + value * value", [/sign|1 [+−-] t²/i]],
  [
    "slope-at-the-output",
    "Takes t for x, and so the slope at the output instead of the input.",
    "1 - tanh(value) ** 2",
    [/tanh\(t\)|tanh² t|tanh\(tanh|tanh′ ?\(?t|at (its|the) output|at t\b|twice|again|t for x/i],
  ],
  [
    "slope-of-sigmoid",
    "Takes the slope of the sigmoid, t · (1 − t).",
    "value * (1 - value)",
    [/sigmoid|σ|t · \(1 [−-] t\)/i],
  ],
  ["t-squared-alone", "Forgets the 1: t² for 1 − t².", "value * value", [/1 [−-]|t²|the 1\b/i]],
  ["sign-flipped", "Writes t² − 1 for 1 − t².", "value * value - 1", [SIGN]],
  [
    "slope-of-the-inverse",
    "Divides by 1 − t²: the slope of the inverse function, artanh.",
    "1 / (1 - value * value)",
    [/divi|invers|artanh|1\/\(1|reciproc/i],
  ],
  ["value-for-slope", "Multiplies by t, the value.", "value", [/value|forward|\bout\b|\bt\b/i]],
]).map((answer) => ({
  ...answer,
  names: [...answer.names, ...(answer.name.endsWith("flipped") ? [] : [/activations\.(15|4)\b/])],
}));

/** For functions that keep their slope, the mistakes that need nothing else. */
function keptSlope(layer: string, own: RegExp): readonly WrongAnswer[] {
  const kept = `await timesKeptSlope("${layer}Backward", dOut, cache, backend)`;
  return answers(layer, kept, [
    [
      "slope-left-out",
      "Hands dOut on as it is.",
      "map(dOut, (d) => d)",
      [/slope|derivative|f′|passed on|handed on|unchanged/i],
    ],
    [
      "slope-twice",
      "Multiplies by the slope twice.",
      "multiply(multiply(dOut, cache.slope!), cache.slope!)",
      [TWICE, own],
    ],
    [
      "slope-for-gradient",
      "Returns the slope alone: the chain rule's factor dOut is forgotten.",
      "map(cache.slope!, (slope) => slope)",
      [WITHOUT_DOUT],
    ],
    [
      "slope-of-the-inverse",
      "Divides by the slope instead of multiplying.",
      "divide(dOut, cache.slope!)",
      [/divi|invers|reciproc|1\/f′|\/ f′/i, own],
    ],
    [
      "slope-added",
      "Adds the slope to dOut instead of multiplying by it.",
      "add(dOut, cache.slope!)",
      [/add|sum|\+/i, own],
    ],
  ]);
}

const SOFTPLUS = 'await timesKeptSlope("softplusBackward", dOut, cache, backend)';
const softplus = answers("softplus", SOFTPLUS, [
  [
    "slope-of-the-slope",
    "Takes σ · (1 − σ), the slope of the sigmoid, which is the second derivative.",
    "multiply(dOut, map(cache.slope!, (p) => p * (1 - p)))",
    [/second|σ′|[pσ](\(x\))? · \(1|slope of (the )?(sigmoid|σ|slope)/i, /activations\.(21|4)\b/],
  ],
  [
    "slope-taken-for-x",
    "Takes what the cache holds for x, and puts it through the sigmoid once more.",
    "multiply(dOut, map(cache.slope!, softplusSlope))",
    [/σ\(σ|again|once more|twice|of the slope|at the slope|slope for x/i, /activations\.(21|4)\b/],
  ],
]);

const SILU = 'await timesKeptSlope("siluBackward", dOut, cache, backend)';
const silu = answers("silu", SILU, [
  [
    "slope-taken-for-x",
    "Takes what the cache holds for x, and computes the slope there.",
    "multiply(dOut, map(cache.slope!, siluSlope))",
    [
      /f′\(f′|again|once more|twice|of the slope|at the slope|slope for x/i,
      /activations\.(24|4)\b/,
    ],
  ],
]);

const GELU = 'await timesKeptSlope("geluBackward", dOut, cache, backend)';
const gelu = answers("gelu", GELU, [
  [
    "slope-taken-for-x",
    "Takes what the cache holds for x, and computes the slope there.",
    "multiply(dOut, map(cache.slope!, geluSlope))",
    [
      /f′\(f′|again|once more|twice|of the slope|at the slope|slope for x/i,
      /activations\.(33|4)\b/,
    ],
  ],
]);

const elu = answers("elu", "(value: number): number => exp(Math.min(value, 0))", [
  [
    "exponential-everywhere",
    "Multiplies by eˣ for positive x as well, where the slope is 1.",
    "(value: number): number => exp(value)",
    [/min|positive|x > 0|everywhere/i, /activations\.(38|4)\b/],
  ],
  [
    "value-for-slope",
    "Takes eˣ − 1 for negative x: the value instead of its derivative.",
    "(value: number): number => (value > 0 ? 1 : expm1(value))",
    [/value|forward|\bout\b|[−-] 1/i, /activations\.(38|4)\b/],
  ],
  [
    "slope-of-relu",
    "Lets nothing through where x is negative, as relu does.",
    "(value: number): number => (value > 0 ? 1 : 0)",
    [/relu|negative|eˣ|exp|x [<≤] 0/i, /activations\.(38|4)\b/],
  ],
  [
    "max-for-min",
    "Writes max for min: the exponential lies on the side of the positive x.",
    "(value: number): number => exp(Math.max(value, 0))",
    [new RegExp(`max|${OTHER_SIDE.source}`, "i"), /activations\.(38|4)\b/],
  ],
  [
    "exponent-negated",
    "Takes e⁻ˣ where x is negative.",
    "(value: number): number => exp(-Math.min(value, 0))",
    [/e⁻ˣ|[−-]\s?x|exp\([−-]|sign|minus/i, /activations\.(38|4)\b/],
  ],
  [
    "slope-from-the-input-for-the-output",
    "Knows that the slope is out + 1 where x is negative, and takes x for out.",
    "(value: number): number => (value > 0 ? 1 : value + 1)",
    [/x \+ 1|1 \+ x|x for out|\bout\b|instead of eˣ/i, /activations\.(38|4)\b/],
  ],
  [
    "slope-left-out",
    "Hands dOut on as it is.",
    "(): number => 1",
    [/slope|derivative|f′|exp|passed on|handed on|unchanged/i],
  ],
]);

const ELU = 'await timesSlope("eluBackward", dOut, x, slope, { backend, known })';
const eluByGradient = answers("elu", ELU, [
  [
    "slope-at-dout",
    "Takes the slope at dOut instead of at x.",
    "multiply(dOut, map(dOut, slope))",
    [/dOut/, /slope|f′|sign|instead of|exp|min/i, /activations\.(38|4)\b/],
  ],
  [
    "slope-for-gradient",
    "Returns the slope alone: the chain rule's factor dOut is forgotten.",
    "map(x, slope)",
    [WITHOUT_DOUT],
  ],
]);

export const activationAnswers: readonly WrongAnswer[] = [
  ...relu,
  reluInPlace,
  ...leakyRelu,
  ...leakyReluByGradient,
  ...sigmoid,
  ...sigmoidByGradient,
  ...tanh,
  ...keptSlope("softplus", /activations\.(21|4)\b/),
  ...softplus,
  ...keptSlope("silu", /activations\.(24|4)\b/),
  ...silu,
  ...keptSlope("gelu", /activations\.(33|4)\b/),
  ...gelu,
  ...elu,
  ...eluByGradient,
];

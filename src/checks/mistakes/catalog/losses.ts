import type { Mistake } from "../mistake.js";

const crossEntropy = {
  theme: "loss",
  file: "src/backprop/softmax-cross-entropy.ts",
  layers: ["softmaxCrossEntropy"],
  setups: ["notes"],
} as const;

export const losses: readonly Mistake[] = [
  {
    ...crossEntropy,
    name: "loss-gradient-not-averaged",
    title: "the loss is a mean over the batch, its gradient is not divided by N",
    edits: [{ find: "dOut.item() / N", replace: "dOut.item()" }],
    tag: "softmax-cross-entropy.22",
    setups: ["notes", "sgd"],
    story:
      "The 1/N sits in the forward pass, and the backward pass is written for one image. Adam " +
      "divides a gradient by its own size, so a factor of 32 cancels and nothing is seen. " +
      "Plain descent takes steps 32 times too long and learns nothing at all.",
  },
  {
    ...crossEntropy,
    name: "loss-not-averaged",
    title: "the gradient is that of a mean, the loss is a sum over the batch",
    edits: [
      {
        find: "round(agreement) * (-1 / N)",
        replace: "round(agreement) * -1",
      },
    ],
    tag: "softmax-cross-entropy.15",
    story:
      "The other half of the same slip. Training never reads the loss, only its gradient, so " +
      "it goes as it should. The curve is too high by a factor that changes with the batch " +
      "size, and the first loss is 74 instead of 2.3.",
  },
  {
    ...crossEntropy,
    name: "targets-not-subtracted",
    title: "the gradient of the loss is p/N: the targets were forgotten",
    edits: [
      {
        find: "round(p[i]! - t[i]!) * factor",
        replace: "p[i]! * factor",
      },
    ],
    tag: "softmax-cross-entropy.22",
    story:
      "Nothing tells the network which class is right. Every logit is pushed down for ever, " +
      "all of them alike.",
  },
  {
    ...crossEntropy,
    name: "loss-uphill",
    title: "targets − p instead of p − targets",
    edits: [{ find: "round(p[i]! - t[i]!)", replace: "round(t[i]! - p[i]!)" }],
    tag: "softmax-cross-entropy.22",
    story:
      "Books that maximise a likelihood have the gradient with this sign. Descent then climbs: " +
      "the network learns to be wrong, and does so perfectly.",
  },
  {
    ...crossEntropy,
    name: "softmax-overflows",
    title: "the largest logit is not subtracted before the exponential",
    edits: [
      {
        find: "z[i] = scores[i]! - largest;",
        replace: "z[i] = scores[i]!;",
      },
    ],
    tag: "softmax-cross-entropy.3",
    story:
      "Softmax does not change when a number is added to all logits, so on paper the line does " +
      "nothing. In float32, exp(89) is infinite. Logits of MNIST stay small for an epoch, and " +
      "every gradient is right, until one day the loss is NaN.",
  },
  {
    ...crossEntropy,
    name: "softmax-twice",
    title: "the network ends in a softmax, and the loss takes the softmax again",
    edits: [
      {
        find: "const logTotal = round(log(round(total)));",
        replace:
          "for (let i = start; i < end; i++) z[i] = p[i]! / total;\n" +
          "    const again = z.slice(start, end).reduce((sum, once) => sum + exp(once), 0);\n" +
          "    const logTotal = log(again);",
      },
    ],
    tag: "softmax-cross-entropy.16",
    story:
      "A classic of frameworks whose loss takes logits. Probabilities lie between 0 and 1, so " +
      "the second softmax can never say more than e/(e + 9) = 23 % and the loss never falls " +
      "below 1.46, however good the network is. Here the gradient also skips the inner " +
      "softmax, and pulls in a direction that is only half right.",
  },
  {
    ...crossEntropy,
    name: "logarithm-guarded",
    title: "a small number is added inside the logarithm: log(p + 1e-7)",
    edits: [
      {
        find: "round(t[i]! * logOfP)",
        replace: "round(t[i]! * log(exp(logOfP) + 1e-7))",
      },
    ],
    tag: "softmax-cross-entropy.15",
    story:
      "The usual guard against log(0) where softmax and loss are two functions. The loss of a " +
      "confident error is then cut off at 16 nats, and its gradient is no longer p − targets. " +
      "The difference is a millionth of it: a finely set check sees it, no training does.",
  },
  {
    name: "softmax-slope-of-sigmoid",
    theme: "loss",
    title:
      "the slope of softmax is taken to be p(1 − p), " +
      "as if its outputs did not depend on each other",
    file: "src/backprop/softmax.ts",
    edits: [
      {
        find: "dX.data[i] = p[i]! * round(d[i]! - sum);",
        replace: "dX.data[i] = d[i]! * (p[i]! - p[i]! * p[i]!);",
      },
    ],
    tag: "softmax-cross-entropy.11",
    layers: ["softmax"],
    setups: [],
    story:
      "Only the diagonal of the Jacobian is p(1 − p). A larger score also takes probability " +
      "away from all other classes. No network for classification has this layer on its own, " +
      "since the loss contains it; so nothing is trained here.",
  },
  {
    name: "half-of-the-square-forgotten",
    theme: "loss",
    title: "the loss is the mean square, the gradient that of half the mean square",
    file: "src/backprop/mean-squared-error.ts",
    edits: [
      { find: "(dOut.item() * 2) / difference.size", replace: "dOut.item() / difference.size" },
    ],
    tag: "mean-squared-error.4",
    layers: ["meanSquaredError"],
    setups: ["squared"],
    story:
      "Many books put 1/2 before the square so that the 2 goes away. Taking the loss from one " +
      "book and the gradient from another leaves a factor of 2, " +
      "which is a learning rate of another size.",
  },
];

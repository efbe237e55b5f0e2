import type { Mistake } from "../mistake.js";

const data = { layers: [], setups: ["notes"], tag: "mistakes.6" } as const;
const feeding = { ...data, theme: "data" } as const;
const judging = { ...data, theme: "evaluation" } as const;

export const dataMistakes: readonly Mistake[] = [
  {
    ...feeding,
    name: "labels-shifted",
    title: "every image gets the label of the next one",
    file: "src/data/batch.ts",
    edits: [
      {
        find: "chosen[n] = labels[index]!;",
        replace: "chosen[n] = labels[(index + 1) % labels.length]!;",
      },
    ],
    story:
      "One line too many was read from a file. The network is as willing as ever and learns 8 " +
      "images by heart; there is just nothing to learn that holds for others.",
  },
  {
    ...feeding,
    name: "images-shuffled-without-labels",
    title: "the images of a batch are drawn, the labels are taken in the order of the file",
    file: "src/data/batch.ts",
    edits: [{ find: "chosen[n] = labels[index]!;", replace: "chosen[n] = labels[n]!;" }],
    story:
      "Every batch has the labels of the first 32 images. The network learns how often each " +
      "class comes up among them, and that is all there is to learn.",
  },
  {
    ...feeding,
    name: "pixels-not-scaled",
    title: "pixels go in as 0 to 255 instead of 0 to 1",
    file: "src/data/batch.ts",
    edits: [{ find: "byte / 255", replace: "byte" }],
    story:
      "The initial weights are made for inputs of about 1. The first logits are in the tens, " +
      "and the first loss gives it away. Adam, whose steps do not depend on the size of " +
      "anything, gets along with it.",
  },
  {
    ...feeding,
    name: "header-half-read",
    breaksNoEquation: true,
    title: "the pixels are taken from byte 8 of the file, where those of a label file begin",
    file: "src/data/idx.ts",
    edits: [{ find: "pixels: bytes.subarray(16)", replace: "pixels: bytes.subarray(8)" }],
    story:
      "All images move eight pixels to the right, and what falls off the edge comes back on " +
      "the next line. For a convolution a digit is a digit wherever it stands; only those that " +
      "are cut in two are lost.",
  },
  {
    ...feeding,
    name: "images-transposed",
    title: "rows and columns of every image are exchanged",
    file: "src/data/batch.ts",
    edits: [
      {
        find: "IN_UNIT_RANGE[pixels[from + p]!]!",
        replace: "IN_UNIT_RANGE[pixels[from + (p % width) * height + Math.floor(p / width)]!]!",
      },
    ],
    story:
      "Training and test images are mirrored alike, and the network learns mirrored digits " +
      "just as well. It shows when somebody draws a digit for it, or loads weights that were " +
      "trained elsewhere.",
  },
  {
    ...feeding,
    name: "drawn-with-replacement",
    title: "an epoch draws images at random instead of shuffling them",
    file: "src/data/batch.ts",
    edits: [
      {
        find: "random.permutation(indices.length).map((position) => indices[position]!)",
        replace: "indices.map(() => indices[random.integer(indices.length)]!)",
      },
    ],
    story:
      "Of n images, (1 − 1/n)ⁿ = 37 % are never among n draws, and others come several times. " +
      "One epoch is then worth less than it says.",
  },
  {
    ...feeding,
    name: "last-batch-dropped",
    title: "images that do not fill a batch are left out",
    file: "src/data/batch.ts",
    edits: [{ find: "start < order.length;", replace: "start + batchSize <= order.length;" }],
    story:
      "Common in training, and harmless there. The evaluation uses the same function, and with " +
      "batches of 256 it leaves out the last 16 test images.",
  },
  {
    ...feeding,
    name: "never-shuffled",
    breaksNoEquation: true,
    title: "all epochs show the images in the order of the file",
    file: "src/training/fit-epoch.ts",
    edits: [
      {
        find:
          "const order = shuffle ? " +
          "shuffledOrder(all, random.split(`order of epoch ${epoch}`)) : all;",
        replace: "const order = all;",
      },
    ],
    story:
      "The images of this epoch are drawn at random, so they come in a random order all the " +
      "same, and what is seen is how much one order differs from another. In a file that is " +
      "sorted by class, each batch would have one class only.",
  },
  {
    ...judging,
    name: "accuracy-of-full-batches",
    breaksNoEquation: true,
    title: "the number of images is taken to be batches times batch size",
    file: "src/training/measure.ts",
    edits: [
      {
        find: "totals.metrics(totals.weight)",
        replace: "totals.metrics(totals.batches * batchSize)",
      },
    ],
    story:
      "The last batch is smaller, so images that do not exist count as wrong: 10,000 of " +
      "10,240. The accuracy has a ceiling of 97.7 % that no network can break through.",
  },
  {
    ...judging,
    name: "tested-on-training-images",
    breaksNoEquation: true,
    title: "the test accuracy is measured on the training images",
    file: "src/training/train.ts",
    edits: [
      {
        find: "validation: test,",
        replace: "validation: options.train,",
      },
    ],
    story:
      "The number looks plausible, and better the longer one trains. It says how well the " +
      "images were learned, not how well new ones are recognised. After one epoch the two are " +
      "close; that is what makes it hard to see.",
  },
  {
    ...judging,
    name: "largest-along-the-batch",
    breaksNoEquation: true,
    title: "argmax is taken along the batch, not along the classes",
    file: "src/training/metrics.ts",
    edits: [{ find: "argmax(logits, 1)", replace: "argmax(logits, 0)" }],
    story:
      "The loss falls as it should and the accuracy does not move. It compares the number of " +
      "an image with the number of a class, for the first ten images of each batch.",
  },
];

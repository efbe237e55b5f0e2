/** What the notes' network is compared with. */
import {
  affine,
  flatten,
  type NetworkDescription,
  notebookDescription,
  relu,
} from "../../network/index.js";

/**
 * One hidden layer, as wide as makes for as many parameters as the notes' network has: 101,770
 * against 102,130.
 */
export const plainMlp: NetworkDescription = {
  input: [1, 28, 28],
  layers: {
    flatten: flatten(),
    affine1: affine({ outFeatures: 128 }),
    relu1: relu(),
    affine2: affine({ outFeatures: 10 }),
  },
};

/** The two beside each other, by the names that settings and tables have for them. */
export const cnnAndMlp: Readonly<Record<string, NetworkDescription>> = {
  cnn: notebookDescription,
  mlp: plainMlp,
};

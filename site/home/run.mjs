/**
 * The home page's network on one image: what the build draws into the page, and what the page
 * computes of a digit that is drawn there. Runs in Node and in a Worker.
 */
import { referenceBackend } from "leibniz/kernels";
import { loadNetwork } from "leibniz/network";
import { exp, Tensor } from "leibniz/tensor";
import { tiles } from "./shown.mjs";

/** The layers whose outputs are shown, behind the image itself. */
const SHOWN_LAYERS = ["relu", "pool"];

/** @param {Uint8Array} weights the file that `record.mjs` has written */
export function openHome(weights) {
  const network = loadNetwork(weights, "network.safetensors");
  const backend = referenceBackend();
  return async (pixels) => {
    const x = Tensor.from(Array.from(pixels), [1, 1, 28, 28]);
    const outputs = new Map([["image", x]]);
    const observe = (name, out) => outputs.set(name, out);
    await network.forward(x, { backend, mode: "evaluate", observe });
    const logits = Array.from(outputs.get("classes").data);
    const largest = Math.max(...logits);
    const shifted = logits.map((logit) => logit - largest);
    const powers = Array.from(exp(Tensor.from(shifted, [10], "float64")).data);
    const total = powers.reduce((sum, power) => sum + power, 0);
    const pictures = ["image", ...SHOWN_LAYERS].map((name) => [name, tiles(outputs.get(name))]);
    return {
      pictures: Object.fromEntries(pictures),
      probabilities: powers.map((power) => power / total),
    };
  };
}

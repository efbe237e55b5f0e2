/** Fully connected networks for MNIST, of any depth. */
import {
  affine,
  flatten,
  type LayerDescriptions,
  type NetworkDescription,
  notebookDescription,
} from "../../network/index.js";

/**
 * @param widths of the hidden layers
 * @param hidden the layers that one hidden layer is made of, by name; `i` counts from 1
 */
export function fullyConnected(
  widths: readonly number[],
  hidden: (width: number, i: number) => LayerDescriptions,
): NetworkDescription {
  const inner = widths.map((width, i) => hidden(width, i + 1));
  const layers = Object.assign({ flatten: flatten() }, ...inner) as LayerDescriptions;
  return {
    input: notebookDescription.input!,
    layers: { ...layers, logits: affine({ outFeatures: 10 }) },
  };
}

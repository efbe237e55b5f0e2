/** What a network is as data: plain JSON, which recipes, files and checkpoints hold. */
import type { Description, DType } from "../tensor/index.js";

/** A layer's kind, and its options by name. */
export type LayerDescription = Description;

/** Descriptions in their order, by name. */
export type LayerDescriptions = Readonly<Record<string, LayerDescription>>;

/** A whole network. */
export interface NetworkDescription {
  /**
   * The shape of one example, without N: [1, 28, 28]. May be left out where layers leave nothing to
   * infer.
   */
  readonly input?: readonly number[];
  /** The element type of its parameters; "float32" if left out. */
  readonly dtype?: DType;
  /**
   * In the order in which they run. Names become parts of parameters' names, `conv1.weight`; none
   * may be a whole number.
   */
  readonly layers: LayerDescriptions;
}

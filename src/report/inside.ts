/** One image's way through a network and back: every layer's output and its gradient. */
import { buildLoss, type Layer, type NamedLayer, softmaxCrossEntropy } from "../backprop/index.js";
import { type LabelledImages, makeBatch } from "../data/index.js";
import { reference } from "../kernels/index.js";
import { loadWeights, networkWeights, Sequential } from "../network/index.js";
import { Tensor } from "../tensor/index.js";
import { type Recipe, recipeNetwork } from "../training/index.js";

/** One layer, as one image passes it. Tensors are copies. */
export interface LayerView {
  /** Of a layer of the network itself, not of one inside a block. */
  readonly name: string;
  /** As {@link Layer.kind} says: `conv2d`. */
  readonly kind: string;
  /** What it returns for the image, with N = 1. */
  readonly out: Tensor;
  /** The gradient of the image's loss by that, of its shape. */
  readonly dOut: Tensor;
}

/** One image's way through a network, and back. */
export interface InsideView {
  /** One for each layer, in order. */
  readonly layers: readonly LayerView[];
  /** The gradient of the loss by the image, [1, C, H, W]. */
  readonly dX: Tensor;
}

/** A network that can be looked into, with the weights of another one. */
export class Inside {
  readonly #network: Sequential;
  readonly #recipe: Pick<Recipe, "loss">;
  #seen = new Map<string, { out: Tensor; dOut: Tensor | null }>();

  /**
   * Takes a copy of the weights. The reference backend runs it: every layer alone, and nothing
   * fused.
   *
   * @param recipe whose network `trained` is, and by whose loss gradients are taken
   * @throws InputError when the weights are not those of the recipe's network
   */
  constructor(recipe: Recipe, trained: Sequential) {
    const copy = recipeNetwork(recipe, reference);
    loadWeights(copy, networkWeights(trained), "report");
    this.#recipe = recipe;
    const watched = copy.layers.map((named) => [named.name, this.#watch(named)]);
    this.#network = new Sequential(Object.fromEntries(watched) as Record<string, Layer>);
  }

  /**
   * Every layer, forward and backward, for one image with its label. In evaluation.
   *
   * @param index of the image, from 0
   * @throws InputError when there is no such image
   */
  async look(images: LabelledImages, index: number): Promise<InsideView> {
    this.#seen = new Map();
    const { x, labels } = makeBatch(images, [index]);
    const { out, backward } = await this.#network.forward(x, evaluated);
    const lossOf = buildLoss(this.#recipe.loss ?? softmaxCrossEntropy());
    const dX = await backward(await (await lossOf(out, labels)).backward(), true);
    const layers = this.#network.layers.map(({ name, layer }) => {
      const { out: own, dOut } = this.#seen.get(name)!;
      return { name, kind: layer.kind, out: own, dOut: dOut! };
    });
    return { layers, dX: dX! };
  }

  /**
   * The gradient of one output by the image, [1, C, H, W]: which pixels speak for a class
   * (Simonyan, Vedaldi and Zisserman, 2014).
   *
   * @param index of the image, from 0
   * @param output the class, from 0
   * @throws InputError when there is no such image, or no such output
   */
  async saliency(images: LabelledImages, index: number, output: number): Promise<Tensor> {
    const { x } = makeBatch(images, [index]);
    const { out, backward } = await this.#network.forward(x, evaluated);
    const dOut = Tensor.zeros(out.shape);
    dOut.set([0, output], 1);
    return (await backward(dOut, true))!;
  }

  /** The layer itself, whose output and upstream gradient are recorded. */
  #watch({ name, layer }: NamedLayer): Layer {
    return {
      kind: layer.kind,
      parameters: layer.parameters,
      ...(layer.buffers && { buffers: layer.buffers }),
      ...(layer.branches && { branches: layer.branches }),
      outputShape: (shape) => layer.outputShape(shape),
      forward: async (x, pass) => {
        const { out, backward } = await layer.forward(x, pass);
        const seen: { out: Tensor; dOut: Tensor | null } = { out: out.clone(), dOut: null };
        this.#seen.set(name, seen);
        return {
          out,
          backward: (dOut, wantsDX) => {
            seen.dOut = dOut.clone();
            return backward(dOut, wantsDX);
          },
        };
      },
    };
  }
}

const evaluated = { backend: reference, mode: "evaluate" } as const;

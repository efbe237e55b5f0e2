/** A small network, and examples that fit it or do not, as a newcomer would give them. */
import { softmaxCrossEntropy } from "leibniz";
import { Dataset } from "leibniz/data";
import { affine, conv2d, flatten, globalAveragePool2d, type Sequential } from "leibniz/network";
import { Random, type Tensor } from "leibniz/tensor";
import { adam, type FitOptions, open } from "leibniz/training";

export const engine = await open({ backend: "reference" });
export const { backend } = engine;
export const loss = softmaxCrossEntropy();
export const goal = { loss, optimizer: adam(), epochs: 1, batchSize: 3 };

/** Whatever the height and width are, it takes them. */
export const layers = {
  conv: conv2d({ outChannels: 2, kernelSize: 3 }),
  pool: globalAveragePool2d(),
  flatten: flatten(),
  classes: affine({ outFeatures: 2 }),
};

export const images = (...shape: number[]): Tensor => new Random(0).normal(shape, 0, 1, "float32");
export const turned = images(6, 3, 5, 4);
export const target = [0, 1, 0, 1, 0, 1];
/** Height and width are exchanged. */
export const data = Dataset.from({ x: turned, target });
export const right = Dataset.from({ x: images(6, 3, 4, 5), target });
export const network = (): Sequential => engine.network(layers, { input: [3, 4, 5] });

export async function events(run: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of run) count++;
  return count;
}

/** Options as JavaScript gives them, past the types. */
export const fitWith = (options: object): Promise<number> =>
  events(engine.fit(network(), { data: right, ...goal, ...options } as unknown as FitOptions));

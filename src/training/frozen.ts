/** Which part of a network is trained, and which stays as it is. */
import {
  everyLayer,
  type Layer,
  type NamedLayer,
  type Pass,
  type PassOptions,
  Residual,
} from "../backprop/index.js";
import { type NamedParameter, Sequential } from "../network/index.js";
import { reject, type Tensor } from "../tensor/index.js";

/** What a training loop needs of a network. */
export interface Trained {
  /** Those that are changed. */
  readonly parameters: readonly NamedParameter[];
  readonly forward: (x: Tensor, pass: PassOptions) => Promise<Pass>;
}

/**
 * A network in training with some of its parameters frozen. Layers in front of the first that is
 * trained are run as in evaluation, and not recorded: the way back ends behind them. A layer of
 * which everything is frozen keeps its running statistics as well.
 *
 * @param freeze full names of parameters, or of layers with everything inside them
 * @throws InputError when a name is none of them, or nothing is left to train
 */
export function trainedPart(
  network: Sequential,
  freeze: readonly string[],
  where: string,
): Trained {
  if (freeze.length === 0)
    return { parameters: network.parameters, forward: (x, pass) => network.forward(x, pass) };
  const frozen = new Frozen(network, freeze, where);
  const parameters = network.parameters.filter(
    ({ parameter }) => !frozen.parameters.has(parameter),
  );
  if (parameters.length === 0) reject(where, "some parameters to train", "all of them frozen");
  const isTrained = ({ layer }: NamedLayer): boolean =>
    layer.parameters.some((parameter) => !frozen.parameters.has(parameter));
  const start = network.layers.findIndex((named) => everyLayer([named]).some(isTrained));
  const head = start > 0 ? chained(network.layers.slice(0, start)) : null;
  const rest = chained(network.layers.slice(start).map((named) => frozen.still(named)));
  return {
    parameters,
    forward: async (x, pass) => {
      network.checkTakes(x);
      if (head === null) return rest.forward(x, pass);
      const { out } = await head.forward(x, { ...pass, mode: "evaluate", record: false });
      return rest.forward(out, pass);
    },
  };
}

function chained(layers: readonly NamedLayer[]): Sequential {
  return new Sequential(Object.fromEntries(layers.map(({ name, layer }) => [name, layer])));
}

class Frozen {
  readonly parameters: ReadonlySet<unknown>;
  readonly #layers: ReadonlySet<Layer>;

  constructor(network: Sequential, freeze: readonly string[], where: string) {
    const layers = everyLayer(network.layers);
    const known = new Set(
      layers.flatMap(({ name, layer }) => [
        name,
        ...layer.parameters.map((parameter) => `${name}.${parameter.name}`),
      ]),
    );
    const unknown = freeze.find((name) => !known.has(name));
    if (unknown !== undefined)
      reject(
        where,
        "names of parameters or layers to freeze",
        unknown,
        `there are ${[...known].slice(0, 12).join(", ")}`,
      );
    const isFrozen = (name: string): boolean =>
      freeze.some((one) => name === one || name.startsWith(`${one}.`));
    this.parameters = new Set(
      layers.flatMap(({ name, layer }) =>
        layer.parameters.filter((parameter) => isFrozen(`${name}.${parameter.name}`)),
      ),
    );
    const isStill = ({ name, layer }: NamedLayer): boolean =>
      isFrozen(name) ||
      (layer.parameters.length > 0 &&
        layer.parameters.every((parameter) => this.parameters.has(parameter)));
    this.#layers = new Set(layers.filter(isStill).map(({ layer }) => layer));
  }

  /** The layer in a form that leaves the running statistics of frozen layers as they are. */
  still({ name, layer }: NamedLayer): NamedLayer {
    if (layer instanceof Residual && layer.constructor === Residual)
      return { name, layer: layer.replaced((layers) => layers.map((inner) => this.still(inner))) };
    const moves = (layer.buffers ?? []).length > 0;
    return { name, layer: moves && this.#layers.has(layer) ? evaluated(layer) : layer };
  }
}

/** The same layer, which runs as in evaluation always. */
function evaluated(layer: Layer): Layer {
  return {
    kind: layer.kind,
    parameters: layer.parameters,
    buffers: layer.buffers ?? [],
    outputShape: (shape) => layer.outputShape(shape),
    forward: (x, pass) => layer.forward(x, { ...pass, mode: "evaluate" }),
  };
}

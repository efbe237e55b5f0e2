/**
 * What `leibniz gradcheck` goes through: layers in fixed and in random geometries, and whole
 * networks.
 */
import { drawSubset, loadMnist, makeBatch } from "../../data/index.js";
import {
  casesOf,
  type CatalogEntry,
  checkCases,
  checkKinks,
  type CheckedGradient,
  diagnose,
  checkNetwork,
  LAYER_TOLERANCE,
  type LayerOptions,
  type MistakenPoint,
  type NamedTensors,
  NETWORK_TOLERANCE,
  type Sighting,
  sightingsAt,
  verdictOf,
} from "../../gradcheck/index.js";
import { initialise, notebookNetwork, pytorchDefault } from "../../network/index.js";
import { add, formatShape, Random } from "../../tensor/index.js";

/** One argument of one layer in one geometry, or one parameter of a network. */
export interface Checked extends CheckedGradient {
  /** The layer's name, or the network's. */
  readonly layer: string;
  readonly options: LayerOptions;
  /** `fixed 2`, `random 7`, `kink 1`, `network` */
  readonly geometry: string;
  /** `x [2, 3, 5, 6], weight [4, 3, 3, 2]`, for people. */
  readonly shapes: string;
  readonly tolerance: number;
  /** Where it was taken; null for a network. */
  readonly point: MistakenPoint | null;
}

/**
 * The fixed cases of a layer, then random ones, then its kinks; one item for each case, with all of
 * its arguments.
 */
export async function* checkLayer(
  entry: CatalogEntry,
  seed: number,
  geometries: number,
  curves: boolean,
): AsyncGenerator<readonly Checked[]> {
  const { layer } = entry;
  const random = new Random(seed).split(layer);
  const cases = casesOf(entry, random, geometries, random.split("geometries"));
  for await (const { name, options, inputs, dOut, gradients } of checkCases(entry, cases, {
    random,
    adjoints: true,
    curves,
    hints: false,
  }))
    yield gradients.map((gradient) => ({
      ...gradient,
      layer,
      options,
      geometry: name,
      shapes: shapesOf(inputs),
      tolerance: LAYER_TOLERANCE,
      point: { options, inputs, dOut },
    }));
  let count = 0;
  for await (const { kink, dOut, result } of checkKinks(entry, random.split("kinks"))) {
    const { options, inputs, convention, tag } = kink;
    const hint = result.verdict === "pass" ? null : `${convention} (${tag})`;
    const checked: Checked = {
      result: { ...result, hint },
      adjoint: null,
      layer,
      options,
      geometry: `kink ${++count}`,
      shapes: shapesOf(inputs),
      tolerance: LAYER_TOLERANCE,
      point: { options, inputs, dOut },
    };
    yield [checked];
  }
}

function shapesOf(inputs: NamedTensors): string {
  return Object.entries(inputs)
    .map(([input, { shape }]) => `${input} ${formatShape(shape)}`)
    .join(", ");
}

/**
 * The mistakes behind the gradients of a layer that are wrong, by argument, where one is known that
 * fits all of its geometries.
 */
export async function diagnosesOf(
  entry: CatalogEntry,
  checked: readonly Checked[],
): Promise<ReadonlyMap<string, string>> {
  const isKink = ({ geometry }: Checked): boolean => geometry.startsWith("kink");
  const sightings = sightingsOf(checked.filter((one) => !isKink(one)));
  const kinks = sightingsOf(checked.filter(isKink));
  const diagnoses = new Map<string, string>();
  for (const [argument, seen] of sightings) {
    const diagnosis = await diagnose(entry, seen, kinks.get(argument));
    if (diagnosis !== null) diagnoses.set(argument, diagnosis);
  }
  return diagnoses;
}

/** What was seen of each argument. */
function sightingsOf(checked: readonly Checked[]): ReadonlyMap<string, readonly Sighting[]> {
  const sightings = new Map<string, Sighting[]>();
  for (const point of new Set(checked.map((one) => one.point!))) {
    const there = checked.filter((one) => one.point === point).map(({ result }) => result);
    for (const [argument, sighting] of sightingsAt(point, there))
      sightings.set(argument, [...(sightings.get(argument) ?? []), sighting]);
  }
  return sightings;
}

/** The same, with the mistake as the hint of every gradient of that argument that is wrong. */
export function explained(
  checked: readonly Checked[],
  diagnoses: ReadonlyMap<string, string>,
): readonly Checked[] {
  return checked.map((one) => {
    const diagnosis = diagnoses.get(one.result.argument);
    return diagnosis === undefined || verdictOf(one) === "pass"
      ? one
      : { ...one, result: { ...one.result, hint: one.result.hint ?? diagnosis } };
  });
}

/** The networks that can be checked as a whole. */
export const networks: readonly string[] = ["notebook"];
/** Every further image brings 3,000 more rectifiers and windows that may flip. */
const IMAGES = 2;
/** A background of zeros makes all pixels of a pooling window equal, which is a kink. */
const NOISE = 0.05;

export interface NetworkCheck {
  readonly seed: number;
  readonly entries: number;
  readonly data: string | undefined;
  readonly curves: boolean;
  readonly onProgress: (done: number, total: number) => void | Promise<void>;
}

/** What a network is checked on, for people. */
export const NETWORK_SETTING =
  `random weights and biases, ${IMAGES} MNIST images with noise ` +
  `up to ${NOISE}, mean softmax cross-entropy`;

/**
 * The notes' network, freshly initialised, on real images with a little noise.
 *
 * @throws InputError when the images cannot be read
 */
export async function checkNotebook({
  seed,
  entries,
  data,
  ...rest
}: NetworkCheck): Promise<readonly Checked[]> {
  const random = new Random(seed).split("network");
  const network = notebookNetwork({ dtype: "float64" });
  // biases too, since a bias of 0 is a kink wherever the image is black
  initialise(network, random.split("weights"), pytorchDefault);
  const { test } = await loadMnist(data);
  const { x, labels } = makeBatch(
    test,
    drawSubset(test.images.count, IMAGES, random.split("images")),
  );
  const images = add(
    x.astype("float64"),
    random.split("noise").uniform(x.shape, 0, NOISE, "float64"),
  );
  const results = await checkNetwork(network, images, labels, {
    random,
    entries,
    ...rest,
  });
  const shapes = `images ${formatShape(images.shape)}`;
  return results.map((result) => ({
    layer: "notebook",
    options: {},
    geometry: "network",
    shapes,
    tolerance: NETWORK_TOLERANCE,
    point: null,
    result,
    adjoint: null,
  }));
}

/** Training on augmented images: what each epoch sees, whatever the batches are. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  Flatten,
  type PassOptions,
  softmaxCrossEntropy,
  TwoPassLayer,
} from "leibniz/backprop";
import {
  type AugmentationDescription,
  buildAugmentations,
  Dataset,
  elastic,
  erasing,
  rotation,
  shift,
} from "leibniz/data";
import { reference } from "leibniz/kernels";
import { initialise, Sequential, weightsSha256 } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { adam, fit, type FitOptions, type FitStep } from "leibniz/training";
import { assertRejects } from "../helpers/assert-close.js";

const test = suite("augmented training");

const augment: AugmentationDescription[] = [
  shift({ pixels: 1 }),
  rotation({ degrees: 20 }),
  elastic({ strength: 5, smoothness: 2 }),
  erasing({ probability: 0.5, area: [0.1, 0.3] }),
];
const [N, C, H, W] = [23, 2, 6, 5];
/** Images whose first pixel is their index, and whose augmented ones are told apart by it. */
const x = new Random("x").uniform([N, C, H, W], 1, 2);
const data = Dataset.from({ x, target: Array.from({ length: N }, (_, n) => n % 3) });

/** Keeps what it sees. */
class Spy extends TwoPassLayer<{ x: Tensor }> {
  readonly kind = "spy";
  readonly trained: number[][] = [];
  readonly evaluated: number[][] = [];
  override readonly differentiate = async (dOut: Tensor) => ({ dX: dOut });

  override async compute(seen: Tensor, { mode }: PassOptions) {
    const into = mode === "train" ? this.trained : this.evaluated;
    const size = C * H * W;
    for (let n = 0; n < seen.shape[0]!; n++)
      into.push([...seen.data.subarray(n * size, (n + 1) * size)]);
    return { out: seen, cache: { x: seen } };
  }
}

function built(): { network: Sequential; spy: Spy } {
  const spy = new Spy();
  const affine = new Affine({ inFeatures: C * H * W, outFeatures: 3 });
  const network = new Sequential({ spy, flatten: new Flatten(), affine });
  initialise(network, new Random(2));
  return { network, spy };
}

const plain = {
  backend: reference,
  data,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.05 }),
  epochs: 3,
  batchSize: 5,
  seed: 7,
} satisfies FitOptions;

async function trained(options: FitOptions): Promise<{ spy: Spy; sha: string }> {
  const { network, spy } = built();
  for await (const _ of fit(network, options));
  return { spy, sha: await weightsSha256(network) };
}

/** What an epoch is to make of each image. */
function expected(epoch: number, list = augment): number[][] {
  const randomOf = (n: number): Random =>
    new Random(7).split(`augmentation of example ${n} in epoch ${epoch}`);
  const out = buildAugmentations(list)!(x, randomOf);
  return Array.from({ length: N }, (_, n) => [
    ...out.data.subarray(n * C * H * W, (n + 1) * C * H * W),
  ]);
}

const sorted = (images: readonly number[][]): string[] => images.map(String).sort();

for (const [name, options] of Object.entries({
  "in batches": {},
  "in other batches": { batchSize: 23 },
  "one by one": { batchSize: 1 },
  "several batches a step": { batchSize: 4, accumulate: 3 },
  "in order": { shuffle: false },
} satisfies Record<string, Partial<FitOptions>>)) {
  test(`seed, epoch and index decide what becomes of an image: ${name}`, async () => {
    const { spy } = await trained({ ...plain, ...options, augment, validation: data });
    for (let epoch = 0; epoch < 3; epoch++) {
      const seen = spy.trained.slice(epoch * N, (epoch + 1) * N);
      if ("shuffle" in options) assert.equal(seen, expected(epoch));
      assert.equal(sorted(seen), sorted(expected(epoch)), `epoch ${epoch}`);
    }
    const untouched = Array.from({ length: N }, (_, n) => [
      ...x.data.subarray(n * C * H * W, (n + 1) * C * H * W),
    ]);
    assert.equal(spy.evaluated, [...untouched, ...untouched, ...untouched], "validation");
  });
}

test("epochs, images and seeds are all changed in ways of their own", async () => {
  const changes = new Set<string>();
  const same = Dataset.from({
    x: Tensor.from(Array.from({ length: N }, () => [...x.data.subarray(0, C * H * W)]).flat(), [
      N,
      C,
      H,
      W,
    ]),
    target: new Array<number>(N).fill(0),
  });
  for (const seed of [7, 8]) {
    const { spy } = await trained({ ...plain, data: same, seed, augment });
    for (const image of spy.trained) changes.add(String(image));
  }
  assert.is(changes.size, 2 * 3 * N);
});

test("a run that goes on within an epoch comes to the same bits", async () => {
  const options = { ...plain, augment };
  const whole = await trained(options);
  for (const stopAt of [1, 5, 7, 10]) {
    const { network } = built();
    let last: FitStep | null = null;
    let done = 0;
    for await (const event of fit(network, options)) {
      if (event.type !== "step" || ++done < stopAt) continue;
      last = event;
      break;
    }
    const { optimizer, progress, epoch } = last!;
    const copied = JSON.parse(JSON.stringify(progress)) as typeof progress;
    for await (const _ of fit(network, {
      ...options,
      from: { epoch, optimizer, progress: copied },
    }));
    assert.is(await weightsSha256(network), whole.sha, `stopped after step ${stopAt}`);
  }
});

test("nothing to augment, or nothing that is on, is a training without", async () => {
  const { sha } = await trained(plain);
  const off = [rotation({ degrees: 0 }), erasing({ probability: 0, area: [0, 1] })];
  for (const list of [[], off, undefined])
    assert.is((await trained({ ...plain, augment: list })).sha, sha);
  assert.is.not((await trained({ ...plain, augment: [shift({ pixels: 1 })] })).sha, sha);
});

test("what is wrong is refused by name", async () => {
  const { network } = built();
  const run = (options: Partial<FitOptions>) => async () => {
    for await (const _ of fit(network, { ...plain, ...options }));
  };
  await assertRejects(
    run({ augment: [{ kind: "rotatoin" }] }),
    "augment: augmentation: expected a kind among shift, rotation",
    "did you mean rotation?",
  );
  await assertRejects(
    run({
      augment,
      data: Dataset.from({
        x: x.reshape([N, C * H * W]),
        target: [...(data.batch([...Array(N).keys()]).target as Int32Array)],
      }),
    }),
    "fit: augment: expected images, x of shape [N, C, H, W], got [5, 60]",
  );
});

test.run();

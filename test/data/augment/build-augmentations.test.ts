import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type AugmentationDescription,
  augmentationDescriber,
  augmentationKinds,
  buildAugmentations,
  elastic,
  erasing,
  inTurn,
  rotation,
  rotationMap,
  scale,
  scaleMap,
  shear,
  shearMap,
  shift,
  shiftMap,
  SmoothNoise,
} from "leibniz/data";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../../helpers/assert-close.js";
import { interpolated } from "../../helpers/interpolated.js";

const test = suite("augmentations");

const images = (shape: readonly number[], dtype: "float32" | "float64" = "float32"): Tensor =>
  new Random("images").normal(shape, 0, 1, dtype);
const numbers = (x: Tensor): number[] => [...x.contiguous().data];
const nth = (n: number): Random => new Random(`image ${n}`);
/** What a list makes of images, each with a source of its own. */
const augmented = (x: Tensor, ...list: AugmentationDescription[]): Tensor =>
  buildAugmentations(list)!(x, nth);

const moving = [
  shift({ pixels: [1, 2] }),
  rotation({ degrees: 20 }),
  scale({ factor: 0.2 }),
  shear({ degrees: 15 }),
];
const all = [
  ...moving,
  elastic({ strength: 9, smoothness: 2 }),
  erasing({ probability: 0.5, area: [0.1, 0.3] }),
];

test("descriptions are plain JSON, and nothing in them is the caller's", () => {
  assert.equal(shift({ pixels: 2 }), { kind: "shift", pixels: 2 });
  const area: [number, number] = [0.1, 0.2];
  const described = erasing({ probability: 0.5, area });
  area[0] = 5;
  assert.equal(described, { kind: "erasing", probability: 0.5, area: [0.1, 0.2] });
  const again = JSON.parse(JSON.stringify(all)) as typeof all;
  assert.equal(again, all);
  const x = images([3, 2, 8, 7]);
  assert.equal(numbers(augmented(x, ...again)), numbers(augmented(x, ...all)));
});

test("all maps, in the order of the list, and a field are one map: image by image by hand", () => {
  const [N, H, W] = [4, 7, 10];
  const x = images([N, 2, H, W], "float64");
  const [noise, field] = [new SmoothNoise(H, W, 2), new Float64Array(H * W)];
  const out = augmented(x, ...moving, elastic({ strength: 9, smoothness: 2 }));
  for (let n = 0; n < N; n++) {
    const random = nth(n);
    const upTo = (most: number): number => most * (2 * random.next() - 1);
    const [down, right] = [upTo(1), upTo(2)];
    const [turn, factor, slant] = [upTo(20) / 180, 1 + upTo(0.2), upTo(15) / 180];
    const maps = [shiftMap(down, right), rotationMap(turn), scaleMap(factor), shearMap(slant)];
    const displaced = Tensor.zeros([2, H, W], "float64");
    for (const axis of [0, 1]) {
      noise.draw(random, 9, field);
      displaced.data.set(field, axis * H * W);
    }
    const one = x.slice([n, n + 1], null, null, null);
    assertClose(
      out.slice([n, n + 1], null, null, null),
      interpolated(one, maps.reduce(inTurn), displaced),
      { tolerance: 1e-12, what: `image ${n}` },
    );
  }
});

test("an image does not see its batch, nor the size of images that came before", () => {
  const x = images([6, 3, 9, 5]);
  const augment = buildAugmentations(all)!;
  const together = augment(x, nth);
  for (const shape of [
    [2, 1, 4, 12],
    [2, 1, 12, 4],
    [2, 1, 9, 12],
    [2, 2, 3, 5],
    [2, 1, 3, 7],
  ]) {
    const other = images(shape);
    assert.equal(numbers(augment(other, nth)), numbers(augmented(other, ...all)), String(shape));
  }
  for (let n = 0; n < 6; n++) {
    const alone = augment(x.slice([n, n + 1], null, null, null), () => nth(n));
    assert.equal(numbers(alone), numbers(together.slice([n, n + 1], null, null, null)));
  }
  assert.equal(numbers(x), numbers(images([6, 3, 9, 5])), "the images stay as they are");
});

test("channels are moved alike, and element types agree up to rounding", () => {
  const plane = images([3, 1, 8, 6], "float64");
  const three = Tensor.zeros([3, 3, 8, 6], "float64");
  for (let n = 0; n < 3; n++)
    for (let c = 0; c < 3; c++)
      three.data.set(plane.data.subarray(n * 48, n * 48 + 48), (n * 3 + c) * 48);
  const [one, many] = [augmented(plane, ...all), augmented(three, ...all)];
  for (let n = 0; n < 3; n++)
    for (let c = 0; c < 3; c++)
      assert.equal(
        numbers(many).slice((n * 3 + c) * 48, (n * 3 + c + 1) * 48),
        numbers(one).slice(n * 48, n * 48 + 48),
      );
  const single = augmented(plane.astype("float32"), ...all);
  assert.is(single.dtype, "float32");
  assertClose(single.astype("float64"), one, { tolerance: 1e-6 });
});

test("what is off draws nothing, and alone leaves the very same numbers", () => {
  const off = [
    shift({ pixels: 0 }),
    shift({ pixels: [0, 0] }),
    rotation({ degrees: 0 }),
    scale({ factor: 0 }),
    shear({ degrees: 0 }),
    elastic({ strength: 0, smoothness: 3 }),
    erasing({ probability: 0, area: [0.1, 0.2] }),
    erasing({ probability: 1, area: [0, 0] }),
  ];
  assert.is(buildAugmentations([]), null);
  assert.is(buildAugmentations(off), null);
  const x = images([3, 1, 7, 6]);
  const between = [off[0]!, moving[1]!, off[3]!, moving[3]!, off[5]!, off[6]!, all[5]!, off[7]!];
  const bare = augmented(x, moving[1]!, moving[3]!, all[5]!);
  assert.equal(numbers(augmented(x, ...between)), numbers(bare));
  // along one axis only: one number is drawn
  const draws: number[] = [];
  const counted = new Random(1);
  const spy = Object.assign(Object.create(counted) as Random, {
    next: () => (draws.push(1), counted.next()),
  });
  buildAugmentations([shift({ pixels: [0, 2] })])!(x.slice([0, 1], null, null, null), () => spy);
  assert.is(draws.length, 1);
});

test("draws are spread evenly, both ways, as far as the option says", () => {
  // an image of its own columns, or rows: what the middle pixel becomes tells where it is from
  const [H, W] = [9, 11];
  const rows = Tensor.from(
    Array.from({ length: H * W }, (_, p) => Math.floor(p / W)),
    [1, 1, H, W],
  );
  const columns = Tensor.from(
    Array.from({ length: H * W }, (_, p) => p % W),
    [1, 1, H, W],
  );
  const drawn = (list: AugmentationDescription[], x: Tensor, h: number, w: number): number[] => {
    const augment = buildAugmentations(list)!;
    return Array.from({ length: 4000 }, (_, i) => augment(x, () => nth(i)).get(0, 0, h, w));
  };
  const checkEven = (values: number[], low: number, high: number): void => {
    const share = values.map((value) => (value - low) / (high - low));
    assert.ok(Math.min(...share) > -1e-5 && Math.max(...share) < 1 + 1e-5, `${low} to ${high}`);
    for (const edge of [0.2, 0.5, 0.8]) {
      const below = share.filter((value) => value < edge).length / share.length;
      assert.ok(Math.abs(below - edge) < 0.03, `${below} below ${edge}`);
    }
  };
  checkEven(drawn([shift({ pixels: [2, 1] })], rows, 4, 5), 2, 6);
  checkEven(drawn([shift({ pixels: [2, 1] })], columns, 4, 5), 4, 6);
  assert.equal([...new Set(drawn([shift({ pixels: [0, 2] })], rows, 4, 5))], [4]);
  assert.equal([...new Set(drawn([shift({ pixels: [2, 0] })], columns, 4, 5))], [5]);
  const sines = drawn([rotation({ degrees: 30 })], rows, 4, 8).map((h) => (h - 4) / 3);
  checkEven(sines.map(Math.asin), -Math.PI / 6, Math.PI / 6);
  const factors = drawn([scale({ factor: 0.25 })], columns, 4, 8).map((w) => 3 / (w - 5));
  checkEven(factors, 0.75, 1.25);
  const slants = drawn([shear({ degrees: 40 })], columns, 6, 5).map((w) => Math.atan((w - 5) / 2));
  checkEven(slants, (-40 / 180) * Math.PI, (40 / 180) * Math.PI);
});

test("an augmentation of one's own is described and built as others are", () => {
  const dim = augmentationDescriber<{ readonly by: number }>({
    kind: "dim",
    rules: { by: { expected: "a number", accepts: Number.isFinite } },
    acts: "pixels",
    build:
      ({ by }) =>
      (_, { height, width, planes }) => {
        for (const { data, at } of planes)
          for (let p = at; p < at + height * width; p++) data[p]! *= by;
      },
  });
  const x = images([2, 1, 3, 4]);
  const augment = buildAugmentations([dim({ by: 0.5 })], [...augmentationKinds, dim])!;
  assert.equal(
    numbers(augment(x, nth)),
    numbers(x).map((value) => value / 2),
  );
});

test("what cannot be built is refused by name, in one line", async () => {
  const refused: readonly (readonly [list: unknown, message: string])[] = [
    [{ kind: "shift" }, "augment: expected an array of augmentations, such as [rotation({"],
    [["shift"], "augment: augmentation: expected a description, such as rotation({ degrees: 10 })"],
    [
      [shift],
      "augmentation: expected a description, such as rotation({ degrees: 10 }), " +
        "got the function shift; call it: shift({ … })",
    ],
    [
      [{ kind: "rotate", degrees: 3 }],
      "expected a kind among shift, rotation, scale, shear, elastic, erasing, got " + '"rotate"',
    ],
    [[{ kind: "rotatoin", degrees: 3 }], "did you mean rotation?"],
    [[{ kind: "shift" }], "augment: shift: expected pixels, a finite number ≥ 0, or two of them"],
    [[{ kind: "shift", pixels: -1 }], "shift: expected pixels to be a finite number ≥ 0"],
    [[{ kind: "shift", pixels: [1, 2, 3] }], "as [h, w], got [1,2,3]"],
    [[{ kind: "shift", pixels: [1, NaN] }], "as [h, w], got [1,NaN]"],
    [[{ kind: "rotation", degree: 1 }], "rotation: expected options among degrees, got degree"],
    [[{ kind: "rotation", degrees: Infinity }], "degrees to be a finite number ≥ 0, got Infinity"],
    [[{ kind: "scale", factor: 1 }], "factor to be a number from 0 to below 1, got 1"],
    [[{ kind: "shear", degrees: 90 }], "degrees to be a number from 0 to below 90, got 90"],
    [[{ kind: "elastic", strength: 1 }], "elastic: expected smoothness, a number from 1 to 100"],
    [[{ kind: "elastic", strength: 1, smoothness: 0.5 }], "a number from 1 to 100, got 0.5"],
    [[{ kind: "elastic", strength: 1, smoothness: 100.5 }], "a number from 1 to 100, got 100.5"],
    [[{ kind: "elastic", strength: -1, smoothness: 1 }], "strength to be a finite number ≥ 0"],
    [[{ kind: "erasing", p: 1 }], "got p; did you mean probability?"],
    [
      [{ kind: "erasing", probability: 1 }],
      "expected area, two numbers from 0 to 1, [least, most]",
    ],
    [[{ kind: "erasing", probability: 1, area: [0.3, 0.1] }], "[least, most], got [0.3,0.1]"],
    [[{ kind: "erasing", probability: 1, area: [0, 1], aspect: 0 }], "a number above 0, up to 1"],
    [[all[4], all[0]], "augmentation: expected shift in front of elastic, got it behind"],
    [[all[5], all[4]], "augmentation: expected elastic in front of erasing, got it behind"],
    [[all[4], all[4]], "augmentation: expected elastic once, got it twice"],
  ];
  for (const smoothness of [1, 100])
    assert.is.not(buildAugmentations([elastic({ strength: 1, smoothness })]), null);
  for (const [list, message] of refused)
    await assertRejects(() => buildAugmentations(list as AugmentationDescription[]), message);
  await assertRejects(
    () => augmented(Tensor.zeros([4, 9]), moving[0]!),
    "augment: expected images, x of shape [N, C, H, W], got [4, 9]",
  );
});

test.run();

/**
 * The kernels for functions of each entry alone: how far they are from the functions in float64,
 * for float32 numbers of every size, and where a function goes that no kernel knows.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  eluBackward,
  eluForward,
  Gelu,
  geluBackward,
  geluForward,
  leakyReluBackward,
  leakyReluForward,
  sigmoidBackward,
  sigmoidForward,
  Silu,
  siluBackward,
  siluForward,
  Softplus,
  softplusBackward,
  softplusForward,
  tanhBackward,
  tanhForward,
} from "leibniz/backprop";
import {
  type Backend,
  type KnownActivation,
  type KnownPair,
  reference,
  wasmBackend,
} from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const threads = await Promise.all([1, 2, 3].map((threads) => wasmBackend({ threads })));
const [wasm] = threads as [Backend, Backend, Backend];

interface Activation {
  readonly forward: (x: Tensor, backend: Backend) => Promise<{ out: Tensor; cache: object }>;
  readonly backward: (dOut: Tensor, cache: never, backend: Backend) => Promise<{ dX: Tensor }>;
  /** The largest errors that were measured, in units in the last place, rounded up. */
  readonly off: { readonly out: number; readonly slope: number };
  /** What the slope is a sum of, where its terms may cancel: the larger one's size. */
  readonly term?: (x: number) => number;
}

const e = (x: number): number => Math.exp(-Math.abs(x));

const activations: Readonly<Record<string, Activation>> = {
  sigmoid: {
    forward: sigmoidForward,
    backward: sigmoidBackward,
    off: { out: 2.4, slope: 1.6 },
  },
  tanh: { forward: tanhForward, backward: tanhBackward, off: { out: 2.6, slope: 1.6 } },
  softplus: {
    forward: softplusForward,
    backward: softplusBackward,
    off: { out: 3.1, slope: 2.4 },
  },
  silu: {
    forward: siluForward,
    backward: siluBackward,
    off: { out: 3.2, slope: 5.2 },
    term: (x) => (x < 0 ? (-x * e(x)) / (1 + e(x)) ** 2 : 0),
  },
  gelu: {
    forward: geluForward,
    backward: geluBackward,
    off: { out: 5.8, slope: 5.8 },
    term: (x) => (x < 0 ? (-x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI) : 0),
  },
  elu: { forward: eluForward, backward: eluBackward, off: { out: 1, slope: 1.1 } },
  leakyRelu: {
    forward: (x, backend) => leakyReluForward(x, { negativeSlope: 0.3 }, backend),
    backward: leakyReluBackward,
    off: { out: 0.5, slope: 0.5 },
  },
};

let slopes = 0;
/** Counts in `slopes` how often a slope is wanted. */
const countingSlopes = (backend: Backend): Backend => ({
  ...backend,
  activationWithSlope: (x, pair, wantsSlope, known) => {
    slopes += Number(wantsSlope);
    return backend.activationWithSlope(x, pair, wantsSlope, known);
  },
});

/** Numbers of every exponent on both sides, more where the functions bend, and the special ones. */
function everywhere(): Tensor {
  const numbers: number[] = [];
  const bits = new Uint32Array(1);
  const [float] = [new Float32Array(bits.buffer)];
  for (const sign of [0, 1])
    for (let u = 0; u <= 0x7f800000; u += 40009) {
      bits[0] = u + sign * 2 ** 31;
      numbers.push(float[0]!);
    }
  for (let i = -50_000; i <= 50_000; i++) numbers.push(i / 3000, i / 400);
  const special = [0, 2 ** -149, 2 ** -126, 3.4028234663852886e38, Infinity];
  numbers.push(NaN, ...special, ...special.map((value) => -value));
  return Tensor.from(Float32Array.from(numbers), [numbers.length]);
}

const numbers = everywhere();

/** The distance of the float32 numbers around one. */
const unit = (value: number): number =>
  2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -126) - 23);

/** The largest error in units in the last place; NaN and infinities have to be where they are. */
function largestError(
  what: string,
  x: Tensor,
  [actual, exact]: readonly [Tensor, Tensor],
  term: (x: number) => number = () => 0,
): number {
  let largest = 0;
  for (let i = 0; i < x.size; i++) {
    const [at, got, right] = [x.data[i]!, actual.data[i]!, exact.data[i]!];
    const rounded = Math.fround(right);
    if (!Number.isFinite(rounded))
      assert.ok(Object.is(got, rounded), `${what} at ${at}: expected ${rounded}, got ${got}`);
    else {
      const error = Math.abs(got - right) / unit(Math.max(Math.abs(right), term(at)));
      assert.ok(error < 100, `${what} at ${at}: expected ${right}, got ${got}`);
      largest = Math.max(largest, error);
    }
  }
  return largest;
}

for (const [name, { forward, backward, off, term }] of Object.entries(activations)) {
  test(`${name}: within ${off.out} and ${off.slope} units in the last place`, async () => {
    const x = numbers;
    const [one, one64] = [Tensor.full([x.size], 1), Tensor.full([x.size], 1, "float64")];
    const { out, cache } = await forward(x, wasm);
    const exact = await forward(x.astype("float64"), reference);
    // a slope that depends on out is compared at the out that there is
    const cache64 =
      "slope" in cache
        ? exact.cache
        : Object.fromEntries(
            Object.entries(cache).map(([key, value]) => [
              key,
              value instanceof Tensor ? value.astype("float64") : value,
            ]),
          );
    const { dX } = await backward(one, cache as never, wasm);
    const { dX: slope } = await backward(one64, cache64 as never, reference);
    const found = {
      out: largestError(`${name}, out`, x, [out, exact.out]),
      slope: largestError(`${name}, slope`, x, [dX, slope], term),
    };
    for (const key of ["out", "slope"] as const) {
      assert.ok(found[key] <= off[key], `${key}: expected at most ${off[key]}, got ${found[key]}`);
      assert.ok(found[key] >= 0.4 * off[key], `${key}: ${off[key]} says too little: ${found[key]}`);
    }
    for (let i = 0; i < x.size; i++)
      if (out.data[i] === 0)
        assert.ok(Object.is(out.data[i], Math.fround(exact.out.data[i]!)), `0 at ${x.data[i]}`);
  });

  test(`${name}: the same bits for any number of threads, at sizes around the blocks`, async () => {
    const random = new Random(`${name} threads`);
    for (const size of [0, 1, 3, 4, 5, 4095, 4096, 4097, 12293]) {
      const [x, dOut] = [random.normal([size], 0, 3), random.normal([size])];
      const exact = await forward(x, reference);
      const { dX } = await backward(dOut, exact.cache as never, reference);
      const results = [];
      for (const backend of threads) {
        const [out, own] = await backend.step(async () => {
          const { out } = await forward(x, backend);
          return [out, (await backward(dOut, exact.cache as never, backend)).dX];
        });
        assertClose(out!, exact.out, { tolerance: 4e-7, what: `out of ${size}` });
        assertClose(own!, dX, { tolerance: 6e-7, what: `dX of ${size}` });
        results.push([out!, own!].map(({ data }) => Buffer.from(data.slice().buffer)));
      }
      const [alone, ...others] = results;
      for (const other of others)
        assert.ok(
          other.every((bytes, i) => bytes.equals(alone![i]!)),
          `size ${size}`,
        );
    }
  });

  test(`${name}: dOut is multiplied, so where the slope is 0 no NaN is lost`, async () => {
    const x = Tensor.from([-1000, -1000, 1, 1, -1000], [5]);
    const dOut = Tensor.from([NaN, Infinity, NaN, Infinity, 3], [5]);
    const [own, right] = await Promise.all(
      [wasm, reference].map(async (backend) => {
        const { cache } = await forward(x, backend);
        return [...(await backward(dOut, cache as never, backend)).dX.data].map((value) =>
          Number.isFinite(value) ? value + 0 : value,
        );
      }),
    );
    assert.equal(own!.slice(0, 4), right!.slice(0, 4));
    assert.ok(Math.abs(own![4]! - right![4]!) < 1e-6);
  });

  test(`${name}: views are read in their own order`, async () => {
    const random = new Random(`${name} views`);
    const views = [
      random.normal([7, 3, 5]).transpose([2, 0, 1]),
      random.normal([9, 11]).slice([2, 8], [1, 10]),
      random.normal([1, 7]).broadcastTo([4, 7]),
    ];
    for (const x of views) {
      const dOut = random.normal([...x.shape].reverse()).transpose();
      const [pass, exact] = [await forward(x, wasm), await forward(x, reference)];
      assertClose(pass.out, exact.out, { tolerance: 4e-7, what: "out" });
      assertClose(
        (await backward(dOut, exact.cache as never, wasm)).dX,
        (await backward(dOut, exact.cache as never, reference)).dX,
        { tolerance: 6e-7, what: "dX" },
      );
    }
  });
}

test("a slope for negative numbers that float32 has not: products are rounded once", async () => {
  const x = Tensor.from([-0, 0, -1, -1e-30, -1e30, 5, NaN, -Infinity], [8]);
  for (const negativeSlope of [1e-50, 1e300, -1e300, 0, 1 / 3, -2])
    for (const run of [
      (backend: Backend) => leakyReluForward(x, { negativeSlope }, backend).then(({ out }) => out),
      (backend: Backend) =>
        leakyReluBackward(x, { x, negativeSlope }, backend).then(({ dX }) => dX),
    ])
      assert.equal([...(await run(wasm)).data], [...(await run(reference)).data]);
});

test("a function that is not known is called itself, whatever it is named", async () => {
  const gelu = (value: number): number => 2 * value + 1;
  const x = Tensor.from([-3, 0.5, 7], [3]);
  assert.equal([...(await wasm.activation(x, gelu)).data], [-5, 2, 15]);
  assert.equal([...(await wasm.activationBackward(x, x, gelu)).data], [15, 1, 105]);
  for (const name of ["swish", "constructor"]) {
    const known = { name } as unknown as KnownActivation;
    assert.equal([...(await wasm.activation(x, gelu, known)).data], [-5, 2, 15]);
    assert.equal([...(await wasm.activationBackward(x, x, gelu, known)).data], [15, 1, 105]);
    const pair = { f: gelu, slope: (value: number): number => 3 * value };
    const both = await wasm.activationWithSlope(x, pair, true, known as unknown as KnownPair);
    assert.equal(
      [[...both.out.data], [...both.slope!.data]],
      [
        [-5, 2, 15],
        [-9, 1.5, 21],
      ],
    );
  }
});

for (const [name, forward, backward, layer] of [
  ["gelu", geluForward, geluBackward, new Gelu()],
  ["silu", siluForward, siluBackward, new Silu()],
  ["softplus", softplusForward, softplusBackward, new Softplus()],
] as const)
  test(`${name}: without its slope, out is the same, and a backward pass is refused`, async () => {
    const x = new Random(`${name} alone`).normal([4099], 0, 3);
    for (const backend of [reference, wasm]) {
      const [both, alone] = [await forward(x, backend), await forward(x, backend, false)];
      assert.equal(alone.out.data, both.out.data);
      assert.is(alone.cache.slope, null);
      await assertRejects(
        () => backward(x, alone.cache, backend),
        `${name}Backward: expected a forward pass that kept its slope, got one without`,
      );
      const pass = { backend: countingSlopes(backend), mode: "evaluate" } as const;
      const counts = [];
      for (const record of [false, true]) {
        slopes = 0;
        assert.equal((await layer.forward(x, { ...pass, record })).out.data, both.out.data);
        counts.push(slopes);
      }
      assert.equal(counts, [0, 1]);
    }
  });

test("float64 goes to the reference", async () => {
  const x = new Random("float64").normal([40], 0, 3, "float64");
  for (const { forward, backward } of Object.values(activations)) {
    const [own, right] = [await forward(x, wasm), await forward(x, reference)];
    assert.equal(own.out.data, right.out.data);
    assert.equal(
      (await backward(x, own.cache as never, wasm)).dX.data,
      (await backward(x, right.cache as never, reference)).dX.data,
    );
  }
});

test("results belong to the step, on the kernels and for a function of one's own", async () => {
  const x = new Random("step").normal([5000]);
  const { activation } = wasm;
  for (const run of [() => geluForward(x, wasm), () => activation(x, (value) => value * 3)]) {
    const places = [];
    for (let step = 0; step < 3; step++)
      places.push(
        await wasm.step(async () => {
          const result = await run();
          return (result instanceof Tensor ? result : result.out).data.byteOffset;
        }),
      );
    assert.is(new Set(places).size, 1);
    assert.ok(places[0]! > 0);
  }
});

test("operands that do not fit are refused", async () => {
  const [x, f] = [Tensor.zeros([2, 3]), (value: number): number => value];
  for (const backend of [reference, wasm]) {
    await assertRejects(
      () => backend.activationBackward(Tensor.zeros([3]), x, f, { name: "elu" }),
      "activationBackward: expected dOut of shape [2, 3], got [3]",
    );
    await assertRejects(
      () => backend.activationBackward(Tensor.zeros([2, 3], "float64"), x, f, { name: "elu" }),
      "activationBackward: expected operands of one element type, got float64 and float32",
    );
  }
});

test("the backends are given back", async () => {
  await Promise.all(threads.map((backend) => backend.dispose()));
});

test.run();

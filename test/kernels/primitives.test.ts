import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry, type WindowGeometry } from "leibniz/im2col";
import { reference, referenceBackend, wasmBackend } from "leibniz/kernels";
import {
  type Data,
  heapAllocator,
  multiply,
  Random,
  Storage,
  sum,
  Tensor,
  tensor,
} from "leibniz/tensor";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

const total = (x: Tensor): number => sum(x).item();

/** ⟨x, y⟩, in float64. */
const dot = (x: Tensor, y: Tensor): number => total(multiply(x, y));

/** Entry [n, c, h, w] of x, or `outside` beyond its edges. */
function pixel(x: Tensor, n: number, c: number, h: number, w: number, outside: number): number {
  const [, , H, W] = x.shape as [number, number, number, number];
  return h >= 0 && h < H && w >= 0 && w < W ? x.get(n, c, h, w) : outside;
}

/** The entries under window (p, q) of plane (n, c), in row-major order. */
function windowOf(
  x: Tensor,
  n: number,
  c: number,
  p: number,
  q: number,
  geometry: WindowGeometry,
  outside: number,
): number[] {
  const { kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = geometry;
  return Array.from({ length: kH * kW }, (_, e) => {
    const [i, j] = [Math.floor(e / kW), e % kW];
    return pixel(
      x,
      n,
      c,
      p * strideH + i * dilationH - padH,
      q * strideW + j * dilationW - padW,
      outside,
    );
  });
}

/** One number for each window of x, computed from its entries. */
function perWindow(
  x: Tensor,
  geometry: WindowGeometry,
  outside: number,
  f: (entries: number[]) => number,
): Tensor {
  const [N, C] = x.shape as [number, number];
  const { outH, outW } = geometry;
  const values: number[] = [];
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let p = 0; p < outH; p++)
        for (let q = 0; q < outW; q++) values.push(f(windowOf(x, n, c, p, q, geometry, outside)));
  return Tensor.from(values, [N, C, outH, outW], x.dtype);
}

const H = 7;
const W = 9;
const geometries = [
  conv2dGeometry("test", H, W, { kernelSize: [2, 3], stride: [2, 3] }),
  conv2dGeometry("test", H, W, { kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] }),
  conv2dGeometry("test", H, W, {
    kernelSize: [3, 4],
    stride: [2, 1],
    padding: [1, 2],
    dilation: [2, 1],
  }),
  conv2dGeometry("test", H, W, {
    kernelSize: [2, 3],
    stride: [3, 1],
    padding: [0, 1],
    dilation: [1, 3],
  }),
];

/** The name of a geometry in a failure message. */
const named = ({
  kH,
  kW,
  strideH,
  strideW,
  padH,
  padW,
  dilationH,
  dilationW,
}: WindowGeometry): string =>
  `kernelSize [${kH}, ${kW}], stride [${strideH}, ${strideW}], padding [${padH}, ${padW}], ` +
  `dilation [${dilationH}, ${dilationW}]`;

/** A float64 image of shape [2, 3, H, W], not contiguous. */
const image = (random: Random): Tensor =>
  random.normal([3, H, 2, W], 0, 1, "float64").transpose([2, 0, 1, 3]);

test("relu keeps what is positive, and NaN, in both element types", async () => {
  for (const dtype of ["float32", "float64"] as const) {
    const out = await reference.relu(
      Tensor.from([-2, -0.5, -0, 0, 0.5, 2, -Infinity, 1e30], [2, 4], dtype),
    );
    assert.is(out.dtype, dtype);
    assertClose(out, Tensor.from([0, 0, 0, 0, 0.5, 2, 0, 1e30], [2, 4], dtype), { tolerance: 0 });
    const [lost, kept] = (await reference.relu(Tensor.from([NaN, 3], [2], dtype))).data;
    assert.ok(Number.isNaN(lost!) && kept === 3, `expected NaN and 3, got ${lost} and ${kept}`);
  }
});

test("reluBackward passes the gradient where x is positive, and nowhere else", async () => {
  const x = tensor([
    [-1, 2, 0],
    [3, -4, NaN],
  ]);
  const dOut = tensor([
    [5, -6],
    [7, 8],
    [9, 10],
  ]).transpose();
  assertClose(
    await reference.reluBackward(dOut, x),
    tensor([
      [0, 7, 0],
      [-6, 0, 0],
    ]),
    { tolerance: 0 },
  );
  await assertRejects(
    () => reference.reluBackward(tensor([[1, 2]]), x),
    "reluBackward",
    "[2, 3]",
    "[1, 2]",
  );
});

test("sumPerChannel sums over every axis but the second", async () => {
  const random = new Random("sums");
  for (const shape of [
    [5, 3],
    [4, 3, 2],
    [2, 3, 4, 5],
  ]) {
    const x = random.normal([...shape].reverse(), 0, 1, "float64").transpose();
    const axes = shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    assertClose(await reference.sumPerChannel(x), sum(x, { axes }), {
      tolerance: 1e-14,
      what: `shape ${shape}`,
    });
  }
  // float32 would lose its way: 150,000 terms in one sum
  const many = Tensor.full([300, 2, 500], 0.1);
  assertClose(await reference.sumPerChannel(many), Tensor.full([2], 150_000 * Math.fround(0.1)), {
    tolerance: 1e-7,
  });
  await assertRejects(
    () => reference.sumPerChannel(Tensor.zeros([4])),
    "sumPerChannel",
    "[N, K, ...]",
    "[4]",
  );
});

test("im2col lays out every window, and productOntoImages carries products back", async () => {
  for (const geometry of geometries) {
    const random = new Random(`im2col ${named(geometry)}`);
    const x = image(random);
    const columns = await reference.im2col(x, geometry);
    const { kH, kW, outH, outW } = geometry;
    assert.equal(columns.shape, [2, 1, 3 * kH * kW, outH * outW]);
    assert.equal([columns.dtype, columns.channels], ["float64", 3]);
    const cols = columns.layOut().reshape([2, 3 * kH * kW, outH * outW]);
    for (let n = 0; n < 2; n++) {
      for (let s = 0; s < outH * outW; s++) {
        const column = cols.slice([n, n + 1], null, [s, s + 1]).contiguous().data;
        const expected = [0, 1, 2].flatMap((c) =>
          windowOf(x, n, c, Math.floor(s / outW), s % outW, geometry, 0),
        );
        assertCloseArrays(column, expected, {
          tolerance: 0,
          what: `image ${n}, window ${s} of ${named(geometry)}`,
        });
      }
    }
    // with the unit matrix as filters the product is col2im alone
    const [R, P] = [3 * kH * kW, outH * outW];
    const unit = Tensor.zeros([1, R, R], "float64");
    for (let r = 0; r < R; r++) unit.set([0, r, r], 1);
    const upstream = random.normal([2, 1, R, P], 0, 1, "float64");
    const back = await reference.productOntoImages(unit, upstream, 3, geometry);
    assert.equal(back.shape, [2, 3, H, W]);
    assertClose(tensor(dot(x, back)), tensor(dot(cols, upstream.reshape(cols.shape))), {
      tolerance: 1e-12,
      what: `⟨x, col2im(y)⟩ and ⟨im2col(x), y⟩ for ${named(geometry)}`,
    });
  }
});

test("groups of channels: their columns side by side, their products onto one image", async () => {
  for (const geometry of geometries) {
    const random = new Random(`groups ${named(geometry)}`);
    const x = random.normal([2, 6, H, W], 0, 1, "float64");
    const P = geometry.outH * geometry.outW;
    const groups = 3;
    const R = (6 / groups) * geometry.kH * geometry.kW;
    const columns = await reference.im2col(x, geometry, groups);
    assert.equal(columns.shape, [2, groups, R, P]);
    const filters = random.normal([groups, 4, R], 0, 1, "float64");
    const dOut = random.normal([4, 2, groups, P], 0, 1, "float64").transpose([1, 2, 0, 3]);
    const out = await reference.matmul(filters, columns);
    const dX = await reference.productOntoImages(filters, dOut, 6, geometry);
    for (let group = 0; group < groups; group++) {
      const part = x.slice(null, [2 * group, 2 * group + 2]);
      const own = await reference.im2col(part, geometry);
      const rest = filters.slice([group, group + 1]);
      assertClose(columns.layOut().slice(null, [group, group + 1]), own.layOut(), {
        tolerance: 0,
        what: `columns of group ${group}`,
      });
      assertClose(out.slice(null, [group, group + 1]), await reference.matmul(rest, own), {
        tolerance: 0,
        what: `products of group ${group}`,
      });
      const gradient = dOut.slice(null, [group, group + 1]);
      assertClose(
        dX.slice(null, [2 * group, 2 * group + 2]),
        await reference.productOntoImages(rest, gradient, 2, geometry),
        { tolerance: 0, what: `gradient of group ${group}` },
      );
    }
    // ⟨dX, x⟩ = ⟨dOut, filters · im2col(x)⟩
    assertClose(tensor(dot(dX, x)), tensor(dot(dOut, out)), { tolerance: 1e-12 });
  }
});

test("groups must divide the channels", async () => {
  for (const groups of [0, 2, 1.5, 4, NaN])
    await assertRejects(
      () => reference.im2col(image(new Random("groups")), geometries[0]!, groups),
      "im2col",
      "groups that divide the 3 channels of [2, 3, 7, 9]",
      `got ${groups}`,
    );
});

test("max pooling of a rectifier is that of max(x, 0); where 0 wins, no pixel does", async () => {
  for (const geometry of geometries) {
    const x = image(new Random(`rectify ${named(geometry)}`));
    const rectified = await reference.maxPool2d(await reference.relu(x), geometry);
    const at = await reference.maxPool2d(x, geometry, { rectify: true });
    assertClose(at.out, rectified.out, { tolerance: 0, what: named(geometry) });
    const winners = [...rectified.argmax.data].map((winner, i) =>
      rectified.out.data[i]! > 0 ? winner : -1,
    );
    assert.equal([...at.argmax.data], winners);
    assert.ok(winners.includes(-1) && winners.some((winner) => winner >= 0), named(geometry));
  }
});

test(
  "convolvePool and winnersGradient are what they say, and refuse what does not " + "fit",
  async () => {
    const random = new Random("fused");
    const geometry = conv2dGeometry("test", 5, 7, { kernelSize: [2, 3], padding: [1, 0] });
    const pool = conv2dGeometry("test", 6, 5, { kernelSize: [2, 3], stride: [2, 1], padding: 1 });
    const normal = (shape: readonly number[]): Tensor => random.normal(shape, 0, 1, "float64");
    const [x, filters, bias] = [normal([2, 3, 5, 7]), normal([1, 4, 18]), normal([4])];
    const cols = await reference.im2col(x, geometry);
    for (const b of [bias, null])
      for (const rectify of [true, false]) {
        const images = await reference.matmul(filters, cols.layOut(), {
          rowBias: b?.reshape([1, 4]) ?? null,
        });
        const of = images.reshape([2, 4, 6, 5]);
        const expected = await reference.maxPool2d(of, pool, { rectify });
        const actual = await reference.convolvePool(filters, cols, b, pool, { rectify });
        assertClose(actual.out, expected.out, { tolerance: 0 });
        assert.equal([...actual.argmax.data], [...expected.argmax.data]);
        const dOut = normal(expected.out.shape);
        const gradient = await reference.winnersGradient(dOut, actual.argmax, pool);
        assert.equal([gradient.shape, gradient.dtype], [[2, 1, 4, 30], "float64"]);
        assertClose(
          gradient.layOut().reshape([2, 4, 6, 5]),
          await reference.maxPool2dBackward(dOut, actual.argmax, pool),
          { tolerance: 0 },
        );
      }
    const wasm = await wasmBackend({ threads: 1 });
    try {
      const single = { filters: filters.astype("float32"), bias: bias.astype("float32") };
      for (const backend of [reference, wasm]) {
        const columns = await backend.im2col(x.astype("float32"), geometry);
        const fused =
          (
            f: Tensor,
            b: Tensor | null,
            p: WindowGeometry = pool,
            c = columns,
          ): (() => Promise<unknown>) =>
          () =>
            backend.convolvePool(f, c, b, p);
        await assertRejects(
          fused(Tensor.zeros([1, 4, 17]), null),
          "convolvePool: ",
          "filters [1, K, R] and cols [N, 1, R, 30]",
          "[1, 4, 17] float32 and [2, 1, 18, 30] float32",
        );
        await assertRejects(fused(Tensor.zeros([4, 18]), null), "convolvePool: ", "[4, 18]");
        await assertRejects(fused(Tensor.zeros([2, 4, 18]), null), "convolvePool: ", "[2, 4, 18]");
        await assertRejects(fused(filters, bias), "convolvePool: ", "one element type", "float64");
        await assertRejects(
          fused(single.filters, Tensor.zeros([5])),
          "convolvePool: ",
          "a bias of shape [4]",
          "[5]",
        );
        await assertRejects(
          fused(single.filters, null, conv2dGeometry("test", 6, 4, { kernelSize: 2, stride: 2 })),
          "convolvePool: ",
          "[N, 1, R, 24]",
        );
        const grouped = await backend.im2col(Tensor.zeros([2, 6, 5, 7]), geometry, 2);
        await assertRejects(
          fused(single.filters, null, pool, grouped),
          "convolvePool: ",
          "[2, 2, 18, 30]",
        );
        for (const run of [
          () =>
            backend.winnersGradient(
              Tensor.zeros([2, 4, 6, 5]),
              new Storage(new Int32Array(240)),
              pool,
            ),
          () =>
            backend.winnersGradient(
              Tensor.zeros([2, 4, 4, 5]),
              new Storage(new Int32Array(9)),
              pool,
            ),
        ])
          await assertRejects(run, "maxPool2dBackward: expected ");
      }
    } finally {
      await wasm.dispose();
    }
  },
);

test("maxPool2d finds the largest entry of each window and says where it was", async () => {
  for (const geometry of geometries) {
    const x = image(new Random(`max ${named(geometry)}`));
    const { out, argmax } = await reference.maxPool2d(x, geometry);
    assertClose(
      out,
      perWindow(x, geometry, -Infinity, (entries) => Math.max(...entries)),
      { tolerance: 0, what: named(geometry) },
    );
    const plane = geometry.outH * geometry.outW;
    const found = Float64Array.from(argmax.data, (at, window) =>
      x.get(
        Math.floor(window / plane / 3),
        Math.floor(window / plane) % 3,
        Math.floor(at / W),
        at % W,
      ),
    );
    assertCloseArrays(found, out.data, {
      tolerance: 0,
      what: `entries at argmax for ${named(geometry)}`,
    });
  }
});

test("maxPool2d: the first of equals wins, and so does NaN", async () => {
  const geometry = conv2dGeometry("test", 2, 6, { kernelSize: [2, 3], stride: [1, 3] });
  const { out, argmax } = await reference.maxPool2d(
    tensor([
      [
        [
          [1, 3, -1, -1, 0, 4],
          [3, 2, 0, NaN, 5, 6],
        ],
      ],
    ]),
    geometry,
  );
  assert.equal([...argmax.data], [1, 9]);
  assert.is(out.data[0], 3);
  assert.ok(Number.isNaN(out.data[1]!), `expected NaN, got ${out.data[1]}`);
});

test("maxPool2dBackward adds each gradient onto the entry that won", async () => {
  for (const geometry of geometries) {
    const random = new Random(`max backward ${named(geometry)}`);
    const x = image(random);
    const { out, argmax } = await reference.maxPool2d(x, geometry);
    const dOut = random.normal([...out.shape].reverse(), 0, 1, "float64").transpose();
    const dX = await reference.maxPool2dBackward(dOut, argmax, geometry);
    // out is linear in x as long as the winners stay: out = ∂out/∂x · x, hence ⟨dX, x⟩ = ⟨dOut,
    // out⟩
    assertClose(tensor(dot(dX, x)), tensor(dot(dOut, out)), {
      tolerance: 1e-12,
      what: named(geometry),
    });
    const winners = new Set(
      [...argmax.data].map(
        (at, window) => Math.floor(window / (geometry.outH * geometry.outW)) * H * W + at,
      ),
    );
    dX.data.forEach((value, at) =>
      assert.is(value !== 0, winners.has(at), `dX at ${at} for ${named(geometry)}`),
    );
  }
});

test(
  "averagePool2d divides each window's sum by the window's size, padding included, and " +
    "averagePool2dBackward is its adjoint",
  async () => {
    for (const geometry of geometries) {
      const random = new Random(`average ${named(geometry)}`);
      const x = image(random);
      const out = await reference.averagePool2d(x, geometry);
      const expected = perWindow(
        x,
        geometry,
        0,
        (entries) => entries.reduce((partial, value) => partial + value, 0) / entries.length,
      );
      assertClose(out, expected, { tolerance: 1e-14, what: named(geometry) });
      const dOut = random.normal([...out.shape].reverse(), 0, 1, "float64").transpose();
      const dX = await reference.averagePool2dBackward(dOut, geometry);
      assert.equal(dX.shape, x.shape);
      assertClose(tensor(dot(dX, x)), tensor(dot(dOut, out)), {
        tolerance: 1e-12,
        what: `adjoint for ${named(geometry)}`,
      });
    }
  },
);

test("pooling refuses what does not have the geometry's size", async () => {
  const geometry = geometries[0]!;
  const [wrong, right] = [
    Tensor.zeros([2, 3, W, H]),
    Tensor.zeros([2, 3, geometry.outH, geometry.outW]),
  ];
  await assertRejects(
    () => reference.im2col(wrong, geometry),
    "im2col",
    "[N, C, 7, 9]",
    "[2, 3, 9, 7]",
  );
  await assertRejects(
    () => reference.productOntoImages(Tensor.zeros([1, 4, 18]), right, 3, geometry),
    "productOntoImages",
    "a [G, K/G, R] and b [N, G, K/G, 9] with G·R = 18",
    "[1, 4, 18] and [2, 3, 3, 3]",
  );
  await assertRejects(
    () => reference.maxPool2d(wrong, geometry),
    "maxPool2d",
    "[N, C, 7, 9]",
    "[2, 3, 9, 7]",
  );
  await assertRejects(
    () => reference.averagePool2d(wrong, geometry),
    "averagePool2d",
    "[N, C, 7, 9]",
    "[2, 3, 9, 7]",
  );
  await assertRejects(
    () => reference.maxPool2dBackward(wrong, new Storage(new Int32Array(wrong.size)), geometry),
    "maxPool2dBackward",
    "[N, C, 3, 3]",
    "[2, 3, 9, 7]",
  );
  await assertRejects(
    () => reference.averagePool2dBackward(wrong, geometry),
    "averagePool2dBackward",
    "[N, C, 3, 3]",
    "[2, 3, 9, 7]",
  );
});

test("stochastic gradient descent takes the steps that a pencil takes", async () => {
  const plain = { learningRate: 0.5, momentum: 0, nesterov: false, weightDecay: 0, step: 1 };
  const value = tensor([1, -2]);
  const grad = tensor([4, 6]);
  await reference.update("sgd", { value, grad, velocity: null }, plain); // w − 0.5·g
  assertCloseArrays(value.data, [-1, -5], { tolerance: 0, what: "plain" });
  // g + 0.5·w = [3.5, 3.5]
  await reference.update("sgd", { value, grad, velocity: null }, { ...plain, weightDecay: 0.5 });
  assertCloseArrays(value.data, [-2.75, -6.75], { tolerance: 0, what: "weight decay" });
  assertCloseArrays(grad.data, [4, 6], { tolerance: 0, what: "the gradient stays" });
});

test("momentum starts from the first gradient and then averages", async () => {
  const run = async (nesterov: boolean): Promise<{ value: Tensor; velocity: Tensor }> => {
    // what the velocity held before step 1 is nobody's business
    const state = { value: tensor([1]), grad: tensor([4]), velocity: tensor([1000]) };
    const momentum = { learningRate: 0.5, momentum: 0.5, nesterov, weightDecay: 0 };
    await reference.update("sgd", state, { ...momentum, step: 1 }); // v = 4
    state.grad.data[0] = 2;
    await reference.update("sgd", state, { ...momentum, step: 2 }); // v = 0.5·4 + 2 = 4
    return state;
  };
  const heavyBall = await run(false); // w = 1 − 0.5·4 − 0.5·4
  assertCloseArrays([heavyBall.velocity.item(), heavyBall.value.item()], [4, -3], {
    tolerance: 0,
    what: "momentum",
  });
  const nesterov = await run(true); // w = 1 − 0.5·(4 + 0.5·4) − 0.5·(2 + 0.5·4)
  assertCloseArrays([nesterov.velocity.item(), nesterov.value.item()], [4, -4], {
    tolerance: 0,
    what: "nesterov",
  });
});

test("AdaGrad and RMSProp take the steps that a pencil takes", async () => {
  const options = { learningRate: 0.5, epsilon: 1, weightDecay: 0.5 };
  const [value, grad, squareSum] = [tensor([2, 4]), tensor([2, -5]), tensor([7, 0])];
  // g + 0.5·w = [3, −3], s = [16, 9]
  await reference.update("adagrad", { value, grad, squareSum }, options);
  assertCloseArrays(squareSum.data, [16, 9], { tolerance: 0, what: "sum of squares" });
  assertCloseArrays(value.data, [2 - 1.5 / 5, 4 + 1.5 / 4], { tolerance: 1e-15, what: "AdaGrad" });
  assertCloseArrays(grad.data, [2, -5], { tolerance: 0, what: "the gradient stays" });

  const [w, meanSquare] = [tensor([2, 4]), tensor([13, 24])];
  // v = 0.75·[13, 24] + 0.25·9
  await reference.update("rmsprop", { value: w, grad, meanSquare }, { ...options, alpha: 0.75 });
  assertCloseArrays(meanSquare.data, [12, 20.25], { tolerance: 0, what: "mean of squares" });
  assertCloseArrays(w.data, [2 - 1.5 / (Math.sqrt(12) + 1), 4 + 1.5 / 5.5], {
    tolerance: 1e-15,
    what: "RMSProp",
  });
  assertCloseArrays(grad.data, [2, -5], { tolerance: 0, what: "the gradient stays" });
});

for (const decoupled of [false, true])
  test(`Adam follows the papers over several steps, decoupled ${decoupled}`, async () => {
    // Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1, entry by
    // entry in plain numbers; with the decay of Loshchilov and Hutter, "Decoupled Weight Decay
    // Regularization" (2019), algorithm 2
    const random = new Random("adam");
    const [learningRate, beta1, beta2, epsilon, weightDecay] = [0.1, 0.8, 0.95, 1e-3, 0.01];
    const zeros = (): Tensor => Tensor.zeros([2, 3], "float64");
    const state = {
      value: random.normal([2, 3], 0, 1, "float64"),
      grad: zeros(),
      firstMoment: zeros(),
      secondMoment: zeros(),
    };
    const w = Array.from(state.value.data);
    const [m, v] = [w.map(() => 0), w.map(() => 0)];
    for (let step = 1; step <= 4; step++) {
      const grad = random.normal([2, 3], 0, 1, "float64");
      state.grad.data.set(grad.data);
      await reference.update("adam", state, {
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        decoupled,
        step,
      });
      w.forEach((before, i) => {
        const g = grad.data[i]! + (decoupled ? 0 : weightDecay * before);
        m[i] = beta1 * m[i]! + (1 - beta1) * g;
        v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
        w[i] =
          before -
          (decoupled ? learningRate * weightDecay * before : 0) -
          (learningRate * (m[i]! / (1 - beta1 ** step))) /
            (Math.sqrt(v[i]! / (1 - beta2 ** step)) + epsilon);
      });
      assertCloseArrays(state.value.data, w, {
        tolerance: 1e-14,
        what: `value after step ${step}`,
      });
      assertCloseArrays(state.firstMoment.data, m, {
        tolerance: 1e-14,
        what: `first moment after step ${step}`,
      });
      assertCloseArrays(state.secondMoment.data, v, {
        tolerance: 1e-14,
        what: `second moment after step ${step}`,
      });
      assertClose(state.grad, grad, { tolerance: 0, what: "the gradient stays" });
    }
  });

test("an update tells all tensors but the gradient that they have been changed", async () => {
  const wasm = await wasmBackend({ threads: 1 });
  try {
    for (const backend of [reference, wasm]) {
      const zeros = (): Tensor => Tensor.zeros([3], "float32", backend.persistent);
      const [value, grad, velocity] = [zeros(), zeros(), zeros()];
      const versions = (): number[] =>
        [value, grad, velocity].map(({ storage }) => storage.version);
      const before = versions();
      await backend.update(
        "sgd",
        { value, grad, velocity },
        { learningRate: 1, momentum: 0.5, nesterov: false, weightDecay: 0, step: 1 },
      );
      assert.equal(
        versions().map((version, i) => version > before[i]!),
        [true, false, true],
        backend.name,
      );
    }
  } finally {
    await wasm.dispose();
  }
});

test("Adam's first step is as long as the learning rate, however small the gradient", async () => {
  const zeros = (): Tensor => Tensor.zeros([3], "float64");
  const state = {
    value: zeros(),
    grad: tensor([1e-4, -7, 300]),
    firstMoment: zeros(),
    secondMoment: zeros(),
  };
  await reference.update("adam", state, {
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-12,
    weightDecay: 0,
    decoupled: false,
    step: 1,
  });
  assertCloseArrays(state.value.data, [-0.01, 0.01, -0.01], { tolerance: 1e-7 });
});

test("every result lives where the allocator says, and no operand is changed", async () => {
  const allocated = new Set<Data>();
  const backend = referenceBackend({
    allocate: (dtype, length) => {
      const storage = heapAllocator.allocate(dtype, length);
      allocated.add(storage.data);
      return storage;
    },
  });
  const geometry = geometries[2]!;
  const random = new Random("allocator");
  const x = random.normal([2, 3, H, W]);
  const dOut = random.normal([2, 3, geometry.outH, geometry.outW]);
  const P = geometry.outH * geometry.outW;
  const [filters, dImages, bias] = [
    random.normal([1, 4, 3 * geometry.kH * geometry.kW]),
    random.normal([2, 1, 4, P]),
    random.normal([4]),
  ];
  const operands = [x, dOut, filters, dImages, bias];
  const before = operands.map((operand) => operand.clone());
  const rows = random.normal([4, 4]);
  const ofRows = { scale: bias, centre: bias, weight: bias, bias };
  const pooled = await backend.maxPool2d(x, geometry);
  const cols = await backend.im2col(x, geometry);
  const pool = conv2dGeometry("test", geometry.outH, geometry.outW, { kernelSize: 2 });
  const convolved = await backend.convolvePool(filters, cols, bias, pool);
  const results = {
    im2col: cols.layOut(),
    matmul: await backend.matmul(filters, cols),
    matmulSum: await backend.matmulSum(dImages, cols, { transposeB: true }),
    productOntoImages: await backend.productOntoImages(filters, dImages, 3, geometry),
    convolvePool: convolved.out,
    winnersGradient: (await backend.winnersGradient(dOut, pooled.argmax, geometry)).layOut(),
    sumPerChannel: await backend.sumPerChannel(x),
    ...(await backend.channelMoments(x)),
    ...(await backend.channelSums(x, x)),
    channelAffine: await backend.channelAffine(dImages, { scale: bias.slice([0, 1]) }),
    channelResidual: await backend.channelResidual(dImages, dImages, {
      intercept: bias.slice([0, 1]),
      slope: bias.slice([1, 2]),
      scale: bias.slice([2, 3]),
    }),
    rowMean: (await backend.rowMoments(rows)).mean,
    rowVariance: (await backend.rowMoments(rows)).variance,
    rowAffine: await backend.rowAffine(rows, ofRows),
    ...(await backend.rowSums(rows, rows, ofRows)).overRows,
    ...Object.fromEntries(
      Object.entries((await backend.rowSums(rows, rows, ofRows)).overPlaces).map(([name, sums]) => [
        `${name} over places`,
        sums,
      ]),
    ),
    rowResidual: await backend.rowResidual(rows, rows, { ...ofRows, intercept: bias, slope: bias }),
    add: await backend.add(x, x),
    multiply: await backend.multiply(x, x),
    randomMask: await backend.randomMask(x.shape, x.dtype, { seed: 1, zeros: 0.5, value: 2 }),
    relu: await backend.relu(x),
    reluBackward: await backend.reluBackward(x, x),
    maxPool2d: pooled.out,
    maxPool2dBackward: await backend.maxPool2dBackward(dOut, pooled.argmax, geometry),
    averagePool2d: await backend.averagePool2d(x, geometry),
    averagePool2dBackward: await backend.averagePool2dBackward(dOut, geometry),
  };
  for (const [primitive, result] of Object.entries(results)) {
    assert.ok(allocated.has(result.data), `${primitive}: expected allocated memory`);
    assert.ok(
      result.isContiguous && result.dtype === "float32",
      `${primitive}: expected contiguous float32`,
    );
  }
  operands.forEach((operand, i) =>
    assertClose(operand, before[i]!, { tolerance: 0, what: `operand ${i}` }),
  );
});

test.run();

/** The fused layer is the layers that it stands for, one after another. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  conv2dBackward,
  conv2dForward,
  convPool2dBackward,
  convPool2dForward,
  type ConvPool2dOptions,
} from "leibniz/backprop";
import { type Backend, reference } from "leibniz/kernels";
import { Random, type Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { oneByOne, pool, pools, relu } from "../helpers/one-by-one.js";

const normal = (seed: string, shape: readonly number[]): Tensor =>
  new Random(seed).normal(shape, 0, 1, "float64");

const convolutions: readonly ConvPool2dOptions["conv"][] = [
  {},
  { padding: [1, 2] },
  { stride: [1, 2], padding: [2, 0] },
  { dilation: [2, 1], padding: [1, 1] },
];

test(
  "convPool2d is conv2d, then relu if asked for, then maxPool2d; relu may also come " + "last",
  async () => {
    let compared = 0;
    for (const conv of convolutions)
      for (const poolOptions of pools)
        for (const hasBias of [true, false])
          for (const rectify of [true, false]) {
            const what = JSON.stringify([conv, poolOptions, hasBias, rectify]);
            const x = normal(`x ${what}`, [3, 2, 9, 10]);
            const weight = normal(`weight ${what}`, [4, 2, 2, 3]);
            const bias = hasBias ? normal(`bias ${what}`, [4]) : null;
            const options = { conv, pool: poolOptions, rectify };
            const { out, cache } = await convPool2dForward(x, weight, bias, options);
            const dOut = normal(`dOut ${what}`, out.shape);
            const own = await convPool2dBackward(dOut, cache);
            const convolved = await conv2dForward(x, weight, bias, conv);
            for (const steps of rectify
              ? [
                  [relu, pool(poolOptions)],
                  [pool(poolOptions), relu],
                  [relu, pool(poolOptions), relu],
                ]
              : [[pool(poolOptions)]]) {
              const rest = await oneByOne(convolved.out, steps);
              const expected = await conv2dBackward(await rest.back(dOut), convolved.cache);
              assertClose(out, rest.out, { tolerance: 1e-12, what: `out ${what}` });
              for (const name of ["dX", "dWeight"] as const)
                assertClose(own[name], expected[name], {
                  tolerance: 1e-12,
                  what: `${name} ${what}`,
                });
              if (hasBias)
                assertClose(own.dBias!, expected.dBias!, {
                  tolerance: 1e-12,
                  what: `dBias ${what}`,
                });
              else assert.equal([own.dBias, expected.dBias], [null, null]);
              compared++;
            }
            assert.ok([own.dX, own.dWeight].every(({ data }) => data.some((entry) => entry !== 0)));
          }
    assert.is(compared, convolutions.length * pools.length * 2 * 4);
  },
);

test("a window without a positive entry gives 0, and no gradient goes through it", async () => {
  const x = tensor([
    [-1, -2, 3, 1],
    [-5, -0.5, 2, 7],
    [0, -1, -3, 0],
    [-1, 0, -1, -2],
  ]).reshape([1, 1, 4, 4]);
  // a convolution that changes nothing
  const one = tensor([[[[1]]]]);
  const fused = await convPool2dForward(x, one, null, {
    conv: {},
    pool: { kernelSize: 2 },
    rectify: true,
  });
  const gradients = await convPool2dBackward(
    tensor([2, 3, 5, 11]).reshape([1, 1, 2, 2]),
    fused.cache,
  );
  assert.equal([...fused.out.data], [0, 7, 0, 0]);
  assert.is(gradients.dX.get(0, 0, 1, 3), 3);
  assert.is(gradients.dX.data.filter((entry) => entry !== 0).length, 1);
  assert.is(gradients.dWeight.item(), 21);
});

test("without dX, none is computed: null comes back, and the others are the same", async () => {
  let computed = 0;
  const backend: Backend = {
    ...reference,
    productOntoImages: (...operands) => (computed++, reference.productOntoImages(...operands)),
  };
  const [x, weight, bias] = [
    normal("x", [2, 2, 6, 7]),
    normal("weight", [3, 2, 3, 2]),
    normal("bias", [3]),
  ];
  const options = { conv: {}, pool: { kernelSize: [2, 3] as const }, rectify: true };
  const { out, cache } = await convPool2dForward(x, weight, bias, options, backend);
  const dOut = normal("dOut", out.shape);
  const whole = await convPool2dBackward(dOut, cache, backend);
  assert.is(computed, 1);
  const parts = await convPool2dBackward(dOut, cache, backend, false);
  assert.is(computed, 1);
  assert.is(parts.dX, null);
  assertClose(parts.dWeight, whole.dWeight, { tolerance: 0 });
  assertClose(parts.dBias!, whole.dBias!, { tolerance: 0 });
});

test("nothing that is given is changed, and views count as they read", async () => {
  const [x, weight, bias] = [
    normal("x", [7, 2, 3, 6]).transpose([2, 1, 3, 0]),
    normal("weight", [2, 3, 3, 4]).transpose([3, 2, 1, 0]).slice(null, [1, 3]),
    normal("bias", [4]),
  ];
  const given = [x, weight, bias];
  const before = given.map((one) => one.clone());
  const options = { conv: { padding: [0, 1] as const }, pool: { kernelSize: 2 }, rectify: true };
  const { out, cache } = await convPool2dForward(x, weight, bias, options);
  const dOut = normal("dOut", [...out.shape].reverse()).transpose();
  const own = await convPool2dBackward(dOut, cache);
  given.forEach((one, i) => assertClose(one, before[i]!, { tolerance: 0 }));
  const copied = await convPool2dForward(before[0]!, before[1]!, before[2]!, options);
  const expected = await convPool2dBackward(dOut.clone(), copied.cache);
  assertClose(out, copied.out, { tolerance: 0 });
  for (const name of ["dX", "dWeight", "dBias"] as const)
    assertClose(own[name]!, expected[name]!, { tolerance: 0, what: name });
});

test("what does not fit is refused in the words of the layer that it does not fit", async () => {
  const [x, weight, bias] = [
    normal("x", [2, 2, 6, 7]),
    normal("weight", [3, 2, 3, 2]),
    normal("bias", [3]),
  ];
  const options = { conv: {}, pool: { kernelSize: 2 }, rectify: true };
  await assertRejects(
    () => convPool2dForward(normal("x", [2, 4, 6, 7]), weight, bias, options),
    "conv2d: expected weight of shape [K, 4, kH, kW]",
  );
  await assertRejects(
    () => convPool2dForward(x, weight, normal("bias", [2]), options),
    "conv2d: expected bias of shape [3]",
  );
  await assertRejects(
    () => convPool2dForward(x, weight, bias, { ...options, pool: { kernelSize: [5, 2] } }),
    "maxPool2d: ",
  );
  const fused = await convPool2dForward(x, weight, bias, options);
  await assertRejects(
    () => convPool2dBackward(normal("dOut", [2, 3, 3, 2]), fused.cache),
    "convPool2dBackward: expected dOut of shape [2, 3, 2, 3], got [2, 3, 3, 2]",
  );
});

test.run();

/**
 * NaN and infinities are never lost by a shortcut. One of them is put into an entry of an operand,
 * and the result must have NaN, ∞ and −∞ exactly where loops straight from the definition put
 * them: products multiply, and 0 · NaN and 0 · ∞ are NaN; the rectifier and max pooling select.
 *
 * All other numbers are small whole ones, so sums are exact in any order, and every entry of a
 * result is compared to the bit.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry, type WindowGeometry, type WindowOptions } from "leibniz/im2col";
import { type Backend, type PoolOptions, reference, wasmBackend } from "leibniz/kernels";
import { formatShape, Random, sameShape, sizeOf, Storage, Tensor } from "leibniz/tensor";

const backends: readonly (readonly [string, Backend])[] = [
  ["reference", reference],
  ["wasm, 1 thread", await wasmBackend({ threads: 1 })],
  ["wasm, 2 threads", await wasmBackend({ threads: 2 })],
];

const ODD = [NaN, Infinity, -Infinity];

/** Whole numbers from −3 to 3 without 0, but for a share of zeros. */
function whole(random: Random, shape: readonly number[], density: number): Tensor {
  const x = Tensor.zeros(shape);
  for (let i = 0; i < x.data.length; i++)
    if (random.next() < density) x.data[i] = (1 + random.integer(3)) * (random.integer(2) * 2 - 1);
  return x;
}

/** Compares to the bit, but for the sign of zeros. */
function assertEqual(actual: Tensor, expected: Tensor, what: string): void {
  assert.ok(
    sameShape(actual.shape, expected.shape),
    `${what}: expected shape ${formatShape(expected.shape)}, got ${formatShape(actual.shape)}`,
  );
  const [got, right] = [actual.contiguous().data, expected.contiguous().data];
  for (let i = 0; i < right.length; i++)
    if (got[i] !== right[i] && !(Number.isNaN(got[i]) && Number.isNaN(right[i])))
      assert.unreachable(`${what}: expected ${right[i]} at entry ${i}, got ${got[i]}`);
}

type Operands = Readonly<Record<string, Tensor>>;
type Outcome = Tensor | { readonly out: Tensor; readonly argmax: Storage<Int32Array> };

interface Case {
  readonly what: string;
  readonly operands: Operands;
  readonly run: (backend: Backend, operands: Operands) => Promise<Outcome>;
  /** The definition. */
  readonly loops: (operands: Operands) => Outcome;
}

/** Positions of a tensor, spread over all of it, first and last included. */
const spots = (random: Random, size: number, count: number): number[] =>
  size <= count
    ? Array.from({ length: size }, (_, i) => i)
    : [0, size - 1, ...Array.from({ length: count - 2 }, () => random.integer(size))];

/** Puts each odd number into entries of each operand in turn, and compares all backends. */
async function assertKept({ what, operands, run, loops }: Case, count = 4): Promise<number> {
  const random = new Random(what);
  let reached = 0;
  for (const name of Object.keys(operands)) {
    const { size } = operands[name]!;
    for (const [n, spot] of spots(random, size, count).entries()) {
      // each of the three somewhere, NaN everywhere
      for (const odd of n < 2 ? ODD : [NaN, ODD[1 + (n % 2)]!]) {
        const tainted = operands[name]!.clone();
        tainted.data[spot] = odd;
        const given = { ...operands, [name]: tainted };
        const expected = loops(given);
        const where = `${what}, ${odd} in entry ${spot} of ${name} ${formatShape(tainted.shape)}`;
        const numbers = expected instanceof Tensor ? expected : expected.out;
        reached += numbers.data.some((value) => !Number.isFinite(value)) ? 1 : 0;
        for (const [on, backend] of backends) {
          const compare = (actual: Outcome, how: string): void => {
            if (expected instanceof Tensor)
              return assertEqual(actual as Tensor, expected, `${on}, ${how}: ${where}`);
            const { out, argmax } = actual as Exclude<Outcome, Tensor>;
            assertEqual(out, expected.out, `${on}, ${how}: ${where}`);
            const winners = (x: Storage<Int32Array>): Tensor =>
              Tensor.from(x.data, [x.data.length]);
            assertEqual(winners(argmax), winners(expected.argmax), `${on}: argmax, ${where}`);
          };
          if (n === 0) compare(await run(backend, given), "outside of steps");
          await backend.step(async () => compare(await run(backend, given), "in a step"));
        }
      }
    }
  }
  return reached;
}

/** Every case, and that odd numbers did come out of most of them. */
async function assertAllKept(cases: Iterable<Case>, count?: number): Promise<void> {
  let [all, reached] = [0, 0];
  for (const one of cases) {
    all++;
    reached += await assertKept(one, count);
  }
  assert.ok(all > 0 && reached >= all, `${reached} odd results in ${all} cases`);
}

// The definitions. All in float64, rounded once; the numbers are whole, so nothing is.

/** a [count, M, I], b [count, I, N], each matrix transposed where it says so. */
function productLoops(
  a: Tensor,
  b: Tensor,
  count: number,
  transposeA: boolean,
  transposeB: boolean,
): Tensor[] {
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [M, I] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const N = transposeB ? rowsB : columnsB;
  const [stackA, stackB] = [a.size / (M * I), b.size / (I * N)];
  return Array.from({ length: count }, (_, k) => {
    const c = Tensor.zeros([M, N], "float64");
    const atA = (stackA === 1 ? 0 : k) * M * I;
    const atB = (stackB === 1 ? 0 : k) * I * N;
    for (let m = 0; m < M; m++)
      for (let n = 0; n < N; n++) {
        let total = 0;
        for (let i = 0; i < I; i++)
          total +=
            a.data[atA + (transposeA ? i * M + m : m * I + i)]! *
            b.data[atB + (transposeB ? n * I + i : i * N + n)]!;
        c.data[m * N + n] = total;
      }
    return c;
  });
}

const stacked = (matrices: readonly Tensor[], shape: readonly number[]): Tensor =>
  Tensor.from(
    matrices.flatMap(({ data }) => [...data]),
    shape,
  );

function summed(matrices: readonly Tensor[]): Tensor {
  const total = Tensor.zeros(matrices[0]!.shape, "float64");
  for (const { data } of matrices) data.forEach((value, i) => (total.data[i]! += value));
  return total.astype("float32");
}

/** Which pixel entry (i, j) of window (p, q) is on, or −1 on the padding. */
function pixelUnder(g: WindowGeometry, p: number, q: number, i: number, j: number): number {
  const h = p * g.strideH + i * g.dilationH - g.padH;
  const w = q * g.strideW + j * g.dilationW - g.padW;
  return h >= 0 && h < g.H && w >= 0 && w < g.W ? h * g.W + w : -1;
}

/**
 * Calls `visit` for every entry of every column: image, group, row, column, and the pixel or −1.
 */
function forEachEntry(
  N: number,
  C: number,
  groups: number,
  g: WindowGeometry,
  visit: (column: number, pixel: number) => void,
): void {
  const [perGroup, plane, P] = [C / groups, g.H * g.W, g.outH * g.outW];
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let i = 0; i < g.kH; i++)
        for (let j = 0; j < g.kW; j++)
          for (let s = 0; s < P; s++) {
            const group = Math.floor(c / perGroup);
            const row = ((c % perGroup) * g.kH + i) * g.kW + j;
            const at = pixelUnder(g, Math.floor(s / g.outW), s % g.outW, i, j);
            const column = ((n * groups + group) * perGroup * g.kH * g.kW + row) * P + s;
            visit(column, at < 0 ? -1 : (n * C + c) * plane + at);
          }
}

function im2colLoops(x: Tensor, g: WindowGeometry, groups = 1): Tensor {
  const [N, C] = x.shape as [number, number];
  const R = (C / groups) * g.kH * g.kW;
  const cols = Tensor.zeros([N, groups, R, g.outH * g.outW]);
  forEachEntry(N, C, groups, g, (column, pixel) => {
    cols.data[column] = pixel < 0 ? 0 : x.data[pixel]!;
  });
  return cols;
}

function col2imLoops(cols: Tensor, N: number, C: number, g: WindowGeometry, groups = 1): Tensor {
  const x = Tensor.zeros([N, C, g.H, g.W], "float64");
  forEachEntry(N, C, groups, g, (column, pixel) => {
    if (pixel >= 0) x.data[pixel]! += cols.data[column]!;
  });
  return x.astype("float32");
}

function maxPoolLoops(x: Tensor, g: WindowGeometry, { rectify = false }: PoolOptions): Outcome {
  const [N, C] = x.shape as [number, number];
  const out = Tensor.zeros([N, C, g.outH, g.outW]);
  const argmax = new Int32Array(out.size);
  for (let window = 0; window < out.size; window++) {
    const s = window % (g.outH * g.outW);
    const plane = Math.floor(window / (g.outH * g.outW)) * g.H * g.W;
    let [best, winner] = [-Infinity, -1];
    for (let i = 0; i < g.kH; i++)
      for (let j = 0; j < g.kW; j++) {
        const at = pixelUnder(g, Math.floor(s / g.outW), s % g.outW, i, j);
        if (at < 0) continue;
        const entry = x.data[plane + at]!;
        const value = rectify ? Math.max(entry, 0) : entry; // NaN stays NaN
        if (winner < 0 || value > best || Number.isNaN(value)) [best, winner] = [value, at];
      }
    out.data[window] = best;
    argmax[window] = rectify && !(best > 0) ? -1 : winner; // the rectifier's 0 is no pixel
  }
  return { out, argmax: new Storage(argmax) };
}

/** [N, K, H, W], each entry of `values` on its winner. */
function winnersLoops(values: Tensor, argmax: Int32Array, g: WindowGeometry): Tensor {
  const [N, K] = values.shape as [number, number];
  const out = Tensor.zeros([N, K, g.H, g.W], "float64");
  values.data.forEach((value, i) => {
    const plane = Math.floor(i / (g.outH * g.outW)) * g.H * g.W;
    if (argmax[i]! >= 0) out.data[plane + argmax[i]!]! += value;
  });
  return out.astype("float32");
}

const DENSITIES = [0, 0.1, 0.5, 1];
const BOTH = [false, true];

test("a NaN weight that meets only zeros: 64 NaNs, dense and sparse", async () => {
  for (const [on, backend] of backends) {
    for (const dense of BOTH) {
      const x = Tensor.zeros([64, 64]);
      for (let i = 0; i < x.size; i++) x.data[i] = dense || i % 7 === 0 ? 0.5 : 0;
      for (let n = 0; n < 64; n++) x.data[n * 64 + 3] = 0; // column 3 is 0, it meets the NaN
      const weight = new Random(1).normal([64, 64]);
      weight.data[3 * 64 + 5] = NaN;
      const { data } = await backend.matmul(x, weight);
      assert.is(data.filter(Number.isNaN).length, 64, `${on}, dense ${dense}`);
      assert.ok(data.every((value, i) => Number.isNaN(value) === (i % 64 === 5)));
    }
  }
});

function* products(): Generator<Case> {
  const random = new Random("products");
  for (const [M, N, I, batchA, batchB] of [
    [5, 9, 7, [], []],
    [5, 50, 6, [], []], // rows so wide that zeros of a are skipped
    [70, 8, 259, [], []], // b in panels
    [3, 11, 5, [2], [3, 2]],
    [6, 4, 10, [2, 3], []],
  ] as const)
    for (const transposeA of BOTH)
      for (const transposeB of BOTH)
        for (const density of M === 70 ? [0.1, 1] : DENSITIES)
          for (const sparse of ["a", "b"]) {
            const batch = batchA.length > batchB.length ? batchA : batchB;
            const shapes = {
              a: [...batchA, ...(transposeA ? [I, M] : [M, I])],
              b: [...batchB, ...(transposeB ? [N, I] : [I, N])],
            };
            const operands = {
              a: whole(random, shapes.a, sparse === "a" ? density : 1),
              b: whole(random, shapes.b, sparse === "b" ? density : 1),
            };
            const count = sizeOf(batch);
            yield {
              what: JSON.stringify({ M, N, I, batch, transposeA, transposeB, density, sparse }),
              operands,
              run: (backend, { a, b }) => backend.matmul(a!, b!, { transposeA, transposeB }),
              loops: ({ a, b }) => {
                const stack = a!.broadcastTo([...batch, ...shapes.a.slice(-2)]).contiguous();
                const of = batch.length > 0 ? stack : a!;
                return stacked(productLoops(of, b!, count, transposeA, transposeB), [
                  ...batch,
                  M,
                  N,
                ]);
              },
            };
          }
}
test("matmul, all transposes, dense and sparse", () => assertAllKept(products(), 3));

test("matmul starts from its biases", async () => {
  const random = new Random("biases");
  const [M, N, I] = [5, 9, 7];
  const cases: Case[] = DENSITIES.map((density) => ({
    what: `density ${density}`,
    operands: {
      a: whole(random, [M, I], 1),
      b: whole(random, [I, N], density),
      rowBias: whole(random, [M], 1),
      columnBias: whole(random, [N], 1),
    },
    run: (backend, { a, b, rowBias, columnBias }) =>
      backend.matmul(a!, b!, { rowBias: rowBias!, columnBias: columnBias! }),
    loops: ({ a, b, rowBias, columnBias }) => {
      const c = productLoops(a!, b!, 1, false, false)[0]!;
      c.data.forEach((_, i) => {
        c.data[i]! += rowBias!.data[Math.floor(i / N)]! + columnBias!.data[i % N]!;
      });
      return c.astype("float32");
    },
  }));
  await assertAllKept(cases);
});

function* sums(): Generator<Case> {
  const random = new Random("sums");
  for (const [K, M, N, I] of [
    [3, 5, 9, 7],
    [19, 4, 20, 6],
    [2, 3, 50, 10],
  ] as const)
    for (const transposeA of BOTH)
      for (const transposeB of BOTH)
        for (const density of DENSITIES)
          for (const sparse of ["a", "b"]) {
            const operands = {
              a: whole(
                random,
                [K, ...(transposeA ? [I, M] : [M, I])],
                sparse === "a" ? density : 1,
              ),
              b: whole(
                random,
                [K, ...(transposeB ? [N, I] : [I, N])],
                sparse === "b" ? density : 1,
              ),
            };
            yield {
              what: JSON.stringify({ K, M, N, I, transposeA, transposeB, density, sparse }),
              operands,
              run: (backend, { a, b }) => backend.matmulSum(a!, b!, { transposeA, transposeB }),
              loops: ({ a, b }) => summed(productLoops(a!, b!, K, transposeA, transposeB)),
            };
          }
}
test("matmulSum, all transposes, dense and sparse", () => assertAllKept(sums(), 3));

const windowCases: readonly [number, number, WindowOptions][] = [
  [5, 6, { kernelSize: [3, 2] }],
  [5, 6, { kernelSize: [3, 2], padding: [1, 2] }],
  [6, 7, { kernelSize: [2, 3], stride: [2, 1], padding: [0, 1], dilation: [1, 2] }],
];

function* columnProducts(): Generator<Case> {
  const random = new Random("columns");
  for (const [H, W, options] of windowCases)
    for (const groups of [1, 2])
      for (const density of DENSITIES)
        for (const sparse of ["filters", "x", "dOut"]) {
          const g = conv2dGeometry("test", H, W, options);
          const [N, C, K] = [3, 2 * groups, 3];
          const [R, P] = [2 * g.kH * g.kW, g.outH * g.outW];
          const of = (name: string): number => (sparse === name ? density : 1);
          const what = JSON.stringify({ H, W, ...options, groups, density, sparse });
          const x = whole(random, [N, C, H, W], of("x"));
          const filters = whole(random, [groups, K, R], of("filters"));
          const dOut = whole(random, [N, groups, K, P], of("dOut"));
          const spread = (operand: Tensor): Tensor =>
            operand.broadcastTo([N, ...operand.shape]).contiguous();
          yield {
            what: `filters · cols, ${what}`,
            operands: { filters, x },
            run: async (backend, { filters, x }) =>
              backend.matmul(filters!, await backend.im2col(x!, g, groups)),
            loops: ({ filters, x }) =>
              stacked(
                productLoops(
                  spread(filters!),
                  im2colLoops(x!, g, groups),
                  N * groups,
                  false,
                  false,
                ),
                [N, groups, K, P],
              ),
          };
          if (groups === 1)
            yield {
              what: `a · colsᵀ, ${what}`,
              operands: { a: whole(random, [1, K, P], of("filters")), x },
              run: async (backend, { a, x }) =>
                backend.matmul(a!, await backend.im2col(x!, g), { transposeB: true }),
              loops: ({ a, x }) =>
                stacked(productLoops(a!, im2colLoops(x!, g), N, false, true), [N, 1, K, R]),
            };
          yield {
            what: `Σ dOut · colsᵀ, ${what}`,
            operands: { dOut, x },
            run: async (backend, { dOut, x }) =>
              backend.matmulSum(dOut!, await backend.im2col(x!, g, groups), { transposeB: true }),
            loops: ({ dOut, x }) => {
              const each = productLoops(dOut!, im2colLoops(x!, g, groups), N * groups, false, true);
              const sums = Array.from({ length: groups }, (_, group) =>
                summed(each.filter((_, k) => k % groups === group)),
              );
              return stacked(sums, [groups, K, R]);
            },
          };
          yield {
            what: `col2im(filtersᵀ · dOut), ${what}`,
            operands: { filters, dOut },
            run: (backend, { filters, dOut }) => backend.productOntoImages(filters!, dOut!, C, g),
            loops: ({ filters, dOut }) =>
              col2imLoops(
                stacked(productLoops(spread(filters!), dOut!, N * groups, true, false), [
                  N,
                  groups,
                  R,
                  P,
                ]),
                N,
                C,
                g,
                groups,
              ),
          };
        }
}
test("products with columns, and onto images: padding multiplies", () =>
  assertAllKept(columnProducts(), 3));

const pools: readonly [number, number, WindowOptions][] = [
  [6, 8, { kernelSize: 2, stride: 2 }],
  [7, 9, { kernelSize: 2, stride: 2 }],
  [6, 8, { kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] }],
  [6, 8, { kernelSize: 2, stride: [2, 1], dilation: [1, 2], padding: 2 }],
];

function* poolings(): Generator<Case> {
  const random = new Random("poolings");
  for (const [H, W, options] of pools)
    for (const density of [0.3, 1]) {
      const g = conv2dGeometry("test", H, W, options);
      const x = whole(random, [2, 3, H, W], density);
      const what = JSON.stringify({ H, W, ...options, density });
      for (const rectify of BOTH)
        yield {
          what: `max pooling, rectify ${rectify}, ${what}`,
          operands: { x },
          run: (backend, { x }) => backend.maxPool2d(x!, g, { rectify }),
          loops: ({ x }) => maxPoolLoops(x!, g, { rectify }),
        };
      const area = g.kH * g.kW;
      yield {
        what: `average pooling, ${what}`,
        operands: { x },
        run: (backend, { x }) => backend.averagePool2d(x!, g),
        loops: ({ x }) => {
          const cols = im2colLoops(x!.reshape([6, 1, H, W]), g);
          const P = g.outH * g.outW;
          const out = Tensor.zeros([2, 3, g.outH, g.outW]);
          for (let window = 0; window < out.size; window++) {
            let total = 0;
            for (let e = 0; e < area; e++) {
              // padded zeros are counted, not multiplied
              total += cols.data[(Math.floor(window / P) * area + e) * P + (window % P)]!;
            }
            out.data[window] = total / area;
          }
          return out;
        },
      };
      const dOut = whole(random, [2, 3, g.outH, g.outW], density);
      for (const value of dOut.data.keys()) dOut.data[value]! *= area; // so that shares are whole
      yield {
        what: `average pooling, back, ${what}`,
        operands: { dOut },
        run: (backend, { dOut }) => backend.averagePool2dBackward(dOut!, g),
        loops: ({ dOut }) => {
          const cols = Tensor.zeros([6, 1, area, g.outH * g.outW]);
          const P = g.outH * g.outW;
          for (const at of cols.data.keys())
            cols.data[at] = dOut!.data[Math.floor(at / (area * P)) * P + (at % P)]! / area;
          return col2imLoops(cols, 6, 1, g).reshape([2, 3, H, W]);
        },
      };
      const { argmax } = maxPoolLoops(x, g, {}) as Exclude<Outcome, Tensor>;
      yield {
        what: `max pooling, back, ${what}`,
        operands: { dOut },
        run: (backend, { dOut }) => backend.maxPool2dBackward(dOut!, argmax, g),
        loops: ({ dOut }) => winnersLoops(dOut!, argmax.data, g),
      };
    }
}
test("poolings select, a NaN wins", () => assertAllKept(poolings(), 6));

function* convolvePools(): Generator<Case> {
  const random = new Random("convolvePool");
  for (const [H, W, options] of windowCases)
    for (const [kernelSize, stride] of [
      [2, 2],
      [[2, 1], 1],
    ] as const)
      for (const rectify of BOTH)
        for (const density of [0.1, 1]) {
          const g = conv2dGeometry("test", H, W, options);
          const pool = conv2dGeometry("test", g.outH, g.outW, {
            kernelSize: kernelSize as WindowOptions["kernelSize"],
            stride,
          });
          const [N, C, K] = [3, 2, 9];
          yield {
            what: JSON.stringify({ H, W, ...options, kernelSize, rectify, density }),
            operands: {
              filters: whole(random, [1, K, C * g.kH * g.kW], density),
              x: whole(random, [N, C, H, W], density),
              bias: whole(random, [K], 1),
            },
            run: async (backend, { filters, x, bias }) =>
              backend.convolvePool(filters!, await backend.im2col(x!, g), bias!, pool, { rectify }),
            loops: ({ filters, x, bias }) => {
              const images = stacked(productLoops(filters!, im2colLoops(x!, g), N, false, false), [
                N,
                K,
                g.outH,
                g.outW,
              ]);
              images.data.forEach((_, i) => {
                images.data[i]! += bias!.data[Math.floor(i / (g.outH * g.outW)) % K]!;
              });
              return maxPoolLoops(images, pool, { rectify });
            },
          };
        }
}
test("max pooling of a convolution", () => assertAllKept(convolvePools(), 5));

function* winnersProducts(): Generator<Case> {
  const random = new Random("winners");
  for (const [H, W, options] of windowCases)
    for (const [kernelSize, stride, padding] of [
      [2, 2, 0],
      [2, 1, 1],
    ] as const)
      for (const density of [0, 0.1, 1]) {
        const g = conv2dGeometry("test", H, W, options);
        const pool = conv2dGeometry("test", g.outH, g.outW, { kernelSize, stride, padding });
        const [N, C, K] = [3, 2, 5];
        const R = C * g.kH * g.kW;
        const { argmax } = maxPoolLoops(whole(random, [N, K, g.outH, g.outW], 1), pool, {}) as {
          argmax: Storage<Int32Array>;
        };
        const what = JSON.stringify({ H, W, ...options, kernelSize, padding, density });
        const dOut = whole(random, [N, K, pool.outH, pool.outW], density);
        const laidOut = (dOut: Tensor): Tensor =>
          winnersLoops(dOut, argmax.data, pool).reshape([N, 1, K, g.outH * g.outW]);
        yield {
          what: `Σ winners · colsᵀ, ${what}`,
          operands: { dOut, x: whole(random, [N, C, H, W], 0.7) },
          run: async (backend, { dOut, x }) =>
            backend.matmulSum(
              await backend.winnersGradient(dOut!, argmax, pool),
              await backend.im2col(x!, g),
              { transposeB: true },
            ),
          loops: ({ dOut, x }) =>
            summed(productLoops(laidOut(dOut!), im2colLoops(x!, g), N, false, true)).reshape([
              1,
              K,
              R,
            ]),
        };
        yield {
          what: `col2im(filtersᵀ · winners), ${what}`,
          operands: { dOut, filters: whole(random, [1, K, R], 0.7) },
          run: async (backend, { dOut, filters }) =>
            backend.productOntoImages(
              filters!,
              await backend.winnersGradient(dOut!, argmax, pool),
              C,
              g,
            ),
          loops: ({ dOut, filters }) =>
            col2imLoops(
              stacked(productLoops(filters!, laidOut(dOut!), N, true, false), [
                N,
                1,
                R,
                g.outH * g.outW,
              ]),
              N,
              C,
              g,
            ),
        };
      }
}
test("products with the winners' gradient: what did not win multiplies, too", () =>
  assertAllKept(winnersProducts(), 5));

test("the rectifier selects, sums add up", async () => {
  const random = new Random("passes");
  const cases: Case[] = [];
  for (const size of [1, 3, 4, 7, 19]) {
    const [x, dOut] = [whole(random, [2, 3, size], 0.7), whole(random, [2, 3, size], 0.7)];
    cases.push(
      {
        what: `sum with ${size}`,
        operands: { x, dOut },
        run: (backend, { x, dOut }) => backend.add(x!, dOut!),
        loops: ({ x, dOut }) =>
          Tensor.from(
            x!.data.map((value, i) => value + dOut!.data[i]!),
            x!.shape,
          ),
      },
      {
        what: `product with ${size}`,
        operands: { x, dOut },
        run: (backend, { x, dOut }) => backend.multiply(x!, dOut!),
        loops: ({ x, dOut }) =>
          Tensor.from(
            x!.data.map((value, i) => value * dOut!.data[i]!),
            x!.shape,
          ),
      },
      {
        what: `relu of ${size}`,
        operands: { x },
        run: (backend, { x }) => backend.relu(x!),
        loops: ({ x }) =>
          Tensor.from(
            x!.data.map((value) => Math.max(value, 0)),
            x!.shape,
          ),
      },
      {
        what: `relu of ${size}, back`,
        operands: { x, dOut },
        run: (backend, { x, dOut }) => backend.reluBackward(dOut!, x!),
        loops: ({ x, dOut }) =>
          Tensor.from(
            x!.data.map((value, i) => (value > 0 ? dOut!.data[i]! : 0)),
            x!.shape,
          ),
      },
      {
        what: `sums of ${size}`,
        operands: { x },
        run: (backend, { x }) => backend.sumPerChannel(x!),
        loops: ({ x }) => {
          const totals = [0, 0, 0];
          x!.data.forEach((value, i) => (totals[Math.floor(i / size) % 3]! += value));
          return Tensor.from(totals, [3]);
        },
      },
      {
        what: `accumulating ${size}`,
        operands: { x, dOut },
        run: async (backend, { x, dOut }) => {
          const sum = x!.clone(backend.persistent);
          await backend.accumulate(sum, dOut!);
          const result = sum.clone();
          sum.storage.dispose();
          return result;
        },
        loops: ({ x, dOut }) =>
          Tensor.from(
            x!.data.map((value, i) => value + dOut!.data[i]!),
            x!.shape,
          ),
      },
    );
  }
  await assertAllKept(cases, 8);
});

test("channels: scales multiply, sums add up, distances from an odd mean are odd", async () => {
  const random = new Random("channels");
  const cases: Case[] = [];
  for (const size of [1, 3, 4, 7, 19]) {
    const shape = [2, 3, size];
    const channel = (i: number): number => Math.floor(i / size) % 3;
    const [x, y] = [whole(random, shape, 0.7), whole(random, shape, 0.7)];
    const [a, b, c] = [whole(random, [3], 0.5), whole(random, [3], 0.5), whole(random, [3], 0.5)];
    const sums = (of: (i: number) => number): Tensor => {
      const totals = [0, 0, 0];
      for (let i = 0; i < 6 * size; i++) totals[channel(i)]! += of(i);
      return Tensor.from(totals, [3]);
    };
    const entries = (of: (i: number) => number): Tensor =>
      Tensor.from(
        Array.from({ length: 6 * size }, (_, i) => of(i)),
        shape,
      );
    cases.push(
      {
        what: `channel sums of ${size}`,
        operands: { x, y },
        run: async (backend, { x, y }) => (await backend.channelSums(x!, y!)).sum,
        loops: ({ x }) => sums((i) => x!.data[i]!),
      },
      {
        what: `channel products of ${size}`,
        operands: { x, y },
        run: async (backend, { x, y }) => (await backend.channelSums(x!, y!)).product,
        loops: ({ x, y }) => sums((i) => x!.data[i]! * y!.data[i]!),
      },
      {
        what: `channel means of ${size}`,
        operands: { x },
        run: async (backend, { x }) => (await backend.channelMoments(x!)).mean,
        loops: ({ x }) => {
          const totals = sums((i) => x!.data[i]!).data;
          return Tensor.from(
            totals.map((total) => total / (2 * size)),
            [3],
          );
        },
      },
      {
        what: `whether channel variances of ${size} are numbers`,
        operands: { x },
        run: async (backend, { x }) => {
          const { variance } = await backend.channelMoments(x!);
          return Tensor.from(
            variance.data.map((value) => value * 0),
            [3],
          );
        },
        loops: ({ x }) => sums((i) => x!.data[i]! - x!.data[i]!), // ∞ − ∞ is NaN
      },
      {
        what: `channel scales of ${size}`,
        operands: { x, scale: a, centre: b, shift: c },
        run: (backend, { x, scale, centre, shift }) =>
          backend.channelAffine(x!, { scale: scale!, centre: centre!, shift: shift! }),
        loops: ({ x, scale, centre, shift }) =>
          entries((i) => {
            const [factor, middle, summand] = [scale!, centre!, shift!].map(
              ({ data }) => data[channel(i)]!,
            );
            return factor! * (x!.data[i]! - middle!) + summand!;
          }),
      },
      {
        what: `channel residuals of ${size}`,
        operands: { x, y, intercept: a, slope: b, scale: c },
        run: (backend, { x, y, intercept, slope, scale }) =>
          backend.channelResidual(y!, x!, {
            intercept: intercept!,
            slope: slope!,
            scale: scale!,
          }),
        loops: ({ x, y, intercept, slope, scale }) =>
          entries((i) => {
            const [start, steepness, factor] = [intercept!, slope!, scale!].map(
              ({ data }) => data[channel(i)]!,
            );
            return factor! * (y!.data[i]! - start! - steepness! * x!.data[i]!);
          }),
      },
    );
  }
  await assertAllKept(cases, 8);
});

test("rows: weights multiply, sums add up over rows and over places", async () => {
  const random = new Random("rows");
  const cases: Case[] = [];
  for (const [N, M] of [
    [1, 1],
    [2, 3],
    [3, 4],
    [4, 7],
    [5, 19],
  ] as const) {
    const [x, y] = [whole(random, [N, M], 0.7), whole(random, [N, M], 0.7)];
    const [a, b] = [whole(random, [N], 0.5), whole(random, [N], 0.5)];
    const [c, d] = [whole(random, [N], 0.5), whole(random, [N], 0.5)];
    const [weight, bias] = [whole(random, [M], 0.5), whole(random, [M], 0.5)];
    const entries = (of: (n: number, i: number, at: number) => number): Tensor =>
      Tensor.from(
        Array.from({ length: N * M }, (_, at) => of(Math.floor(at / M), at % M, at)),
        [N, M],
      );
    const sums = (length: number, of: (n: number, i: number, at: number) => number): Tensor => {
      const totals = new Array<number>(length).fill(0);
      for (let n = 0, at = 0; n < N; n++)
        for (let i = 0; i < M; i++, at++) totals[length === N ? n : i]! += of(n, i, at);
      return Tensor.from(totals, [length]);
    };
    const numbers = { scale: a, centre: b, weight, bias, intercept: c, slope: d };
    const xHat = ({ x, scale, centre }: Operands, n: number, at: number): number =>
      scale!.data[n]! * (x!.data[at]! - centre!.data[n]!);
    cases.push(
      {
        what: `rows of ${M}, stretched`,
        operands: { x, scale: a, centre: b, weight, bias },
        run: (backend, given) => backend.rowAffine(given["x"]!, given as typeof numbers),
        loops: (given) =>
          entries(
            (n, i, at) => given["weight"]!.data[i]! * xHat(given, n, at) + given["bias"]!.data[i]!,
          ),
      },
      {
        what: `rows of ${M}, residuals`,
        operands: { x, y, weight, intercept: c, slope: d, scale: a, centre: b },
        run: (backend, given) =>
          backend.rowResidual(given["y"]!, given["x"]!, given as typeof numbers),
        loops: (given) =>
          entries((n, i, at) => {
            const { y, weight, intercept, slope, scale } = given;
            const line = intercept!.data[n]! + slope!.data[n]! * xHat(given, n, at);
            return scale!.data[n]! * (weight!.data[i]! * y!.data[at]! - line);
          }),
      },
    );
    for (const what of ["mean", "variance"] as const)
      cases.push({
        what: `rows of ${M}, ${what}`,
        operands: { x },
        run: async (backend, given) => (await backend.rowMoments(given["x"]!))[what],
        loops: (given) => {
          const mean = sums(N, (_, __, at) => given["x"]!.data[at]! / M);
          if (what === "mean") return mean;
          return sums(N, (n, _, at) => (given["x"]!.data[at]! - mean.data[n]!) ** 2 / M);
        },
      });
    for (const over of ["overRows", "overPlaces"] as const)
      for (const what of ["sum", "product"] as const) {
        const [length, isWeighted] = [over === "overRows" ? M : N, over === "overPlaces"];
        // loops cannot tell the two apart by their number
        if (N === M) continue;
        cases.push({
          what: `rows of ${M}, ${over}, ${what}`,
          operands: {
            ...(what === "sum" ? { y } : { x, y, scale: a, centre: b }),
            ...(isWeighted ? { weight } : {}),
          },
          run: async (backend, given) => {
            const all = { x, y, scale: a, centre: b, weight, ...given };
            return (await backend.rowSums(all.y, all.x, all))[over][what];
          },
          loops: (given) =>
            sums(length, (n, i, at) => {
              const value = (isWeighted ? given["weight"]!.data[i]! : 1) * given["y"]!.data[at]!;
              return what === "sum" ? value : value * xHat(given, n, at);
            }),
        });
      }
  }
  await assertAllKept(cases, 6);
});

test("one odd number anywhere in a long operand is found, on every path", async () => {
  // the other operand is all zeros, so that everything would be skipped
  const random = new Random("long");
  for (const length of [1, 15, 16, 17, 4095, 4096, 4097, 70_001]) {
    const zeros = Tensor.zeros([length, 3]);
    const spotsOf = spots(random, length, 12);
    for (const spot of spotsOf) {
      for (const odd of ODD) {
        const a = Tensor.full([1, length], 3e38); // as large as can be, and finite
        a.data[spot] = odd;
        for (const [on, backend] of backends) {
          const { data } = await backend.matmul(a, zeros);
          assert.ok(
            data.every(Number.isNaN),
            `${on}: ${odd} at ${spot} of ${length}, got ${[...data]}`,
          );
        }
      }
    }
    for (const [on, backend] of backends) {
      const { data } = await backend.matmul(Tensor.full([1, length], -3e38), zeros);
      assert.ok(
        data.every((value) => value === 0),
        `${on}: finite, ${length}`,
      );
    }
  }
});

test.run();

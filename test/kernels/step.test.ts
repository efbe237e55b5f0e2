/**
 * Who owns the memory of a step, and how long. On the reference nothing ever ends, and all of this
 * holds but for the errors.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Conv2d } from "leibniz/backprop";
import { conv2dGeometry } from "leibniz/im2col";
import { type Backend, referenceBackend, wasmBackend } from "leibniz/kernels";
import { Random, type Storage, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

/** What an ended step's tensors are refused with. */
const ENDED = ["expected memory that is still there", "a step that has ended", "`step`"];

/** Overwrites whatever memory the last step has left. */
async function litter(backend: Backend): Promise<void> {
  await backend.step(async () => {
    for (let n = 0; n < 4; n++) await backend.relu(Tensor.full([1 << 12], 1000 + n));
  });
}

const holds = (x: Tensor, value: number, what: string): void =>
  assertClose(x, Tensor.full(x.shape, value), { tolerance: 0, what });

/** A tensor of the step that runs: `size` times `value`, computed by a kernel. */
const made = (backend: Backend, value: number, size = 64): Promise<Tensor> =>
  backend.relu(Tensor.full([size], value));

const pause = (turns = 1): Promise<void> =>
  turns === 0
    ? Promise.resolve()
    : new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => pause(turns - 1));

const backends: [string, () => Promise<Backend>][] = [
  ["reference", async () => referenceBackend()],
  ["wasm, 1 thread", () => wasmBackend({ threads: 1 })],
  ["wasm, 2 threads", () => wasmBackend({ threads: 2 })],
];

for (const [name, open] of backends) {
  const on = (what: string, run: (backend: Backend, ends: boolean) => Promise<void>): void =>
    void test(`${name}: ${what}`, async () => {
      const backend = await open();
      try {
        await run(backend, backend.name === "wasm");
      } finally {
        await backend.dispose();
      }
    });

  /** Refused on a backend whose steps end; else right. */
  const refused = async (ends: boolean, x: () => Tensor, value: number): Promise<void> => {
    if (ends) await assertRejects(() => x().data, ...ENDED);
    else holds(x(), value, "what never ends");
  };

  on("a tensor that a step returns outlives it, with its own numbers", async (backend) => {
    const kept: Tensor[] = [];
    for (const value of [1, 2, 3]) kept.push(await backend.step(() => made(backend, value)));
    kept.push(await backend.step(async () => (await made(backend, 4, 6)).reshape([2, 3])));
    const view = await backend.step(async () => {
      const x = await backend.relu(Tensor.from([1, 2, 3, 4, 5, 6], [2, 3]));
      return x.transpose().slice([1, 3]);
    });
    const own = await backend.step(() => Tensor.full([5], 6, "float32", backend.allocator));
    await litter(backend);
    for (const [i, x] of kept.entries()) holds(x, i + 1, `the step of ${i + 1}`);
    assert.equal(kept[3]!.shape, [2, 3]);
    assertClose(view, Tensor.from([2, 5, 3, 6], [2, 2]), { tolerance: 0 });
    holds(own, 6, "made with the step's allocator");
    for (const x of [...kept, view, own]) assert.is(x.storage.lifetime, null);
  });

  on("so do tensors in arrays and plain objects, however deep", async (backend) => {
    const [list, object, deep, bare] = await backend.step(async () => [
      [await made(backend, 1), await made(backend, 2)],
      { x: await made(backend, 3), count: 7, label: "three", none: null, nothing: undefined },
      { first: { out: await made(backend, 4) }, rest: [[await made(backend, 5)]] },
      Object.assign(Object.create(null) as Record<string, unknown>, {
        x: await made(backend, 6),
      }),
    ]);
    await litter(backend);
    const [[a, b], { x: c, ...rest }] = [
      list as Tensor[],
      object as { x: Tensor } & Record<string, unknown>,
    ];
    const { first, rest: others } = deep as { first: { out: Tensor }; rest: Tensor[][] };
    const tensors = [a!, b!, c, first.out, others[0]![0]!, (bare as { x: Tensor }).x];
    for (const [i, x] of tensors.entries()) holds(x, i + 1, `tensor ${i + 1}`);
    assert.equal(rest, { count: 7, label: "three", none: null, nothing: undefined });
    assert.ok("nothing" in rest);
    assert.is(Object.getPrototypeOf(bare), null);
  });

  on("what is returned twice is one object afterwards, cycles too", async (backend) => {
    interface Loop {
      x: Tensor;
      self?: Loop;
      list: unknown[];
    }
    const loop = await backend.step(async () => {
      const x = await made(backend, 3);
      const loop: Loop = { x, list: [x, x] };
      loop.self = loop;
      loop.list.push(loop.list, loop);
      return loop;
    });
    await litter(backend);
    holds(loop.x, 3, "x");
    assert.is(loop.list[0], loop.x);
    assert.is(loop.list[1], loop.x);
    assert.is(loop.list[2], loop.list);
    assert.is(loop.list[3], loop);
    assert.is(loop.self, loop);
  });

  on("names that objects have by nature are names like any other", async (backend) => {
    const odd = await backend.step(
      async () =>
        JSON.parse('{ "__proto__": [1], "constructor": 2, "toString": 3 }') as Record<
          string,
          unknown
        >,
    );
    assert.equal(Object.keys(odd).sort(), ["__proto__", "constructor", "toString"]);
    assert.is(Object.getPrototypeOf(odd), Object.prototype);
    assert.equal(Object.getOwnPropertyDescriptor(odd, "__proto__")!.value, [1]);
  });

  on("tensors that live outside are returned as they are", async (backend) => {
    const [heap, persistent] = [
      Tensor.full([3], 5),
      Tensor.full([3], 6, "float32", backend.persistent),
    ];
    const double = Tensor.full([3], 7, "float64");
    const results = await backend.step(async () => {
      await made(backend, 1);
      return [heap, persistent, double, await backend.relu(double)] as const;
    });
    assert.is(results[0], heap);
    assert.is(results[1], persistent);
    assert.is(results[2], double);
    await litter(backend);
    [5, 6, 7, 7].forEach((value, i) =>
      assert.ok(
        [...results[i]!.data].every((entry) => entry === value),
        `result ${i}`,
      ),
    );
    persistent.set([0], 9);
    assert.is(results[1].get(0), 9, "the same memory");
  });

  on("all else is handed on as it is: numbers, functions, class instances", async (backend) => {
    class Box {
      readonly x: Tensor;
      constructor(x: Tensor) {
        this.x = x;
      }
    }
    class List extends Array<Tensor> {}
    const [map, bytes, run, mark] = [
      new Map([[1, 2]]),
      new Uint8Array(3),
      (): number => 4,
      Symbol("mark"),
    ];
    const outside = new Box(Tensor.full([2], 8));
    const { inside, list, ...others } = await backend.step(async () => ({
      map,
      bytes,
      run,
      mark,
      outside,
      big: 5n,
      inside: new Box(await made(backend, 9)),
      list: List.of(await made(backend, 9)),
    }));
    assert.is(others.map, map);
    assert.is(others.bytes, bytes);
    assert.is(others.run, run);
    assert.is(others.mark, mark);
    assert.is(others.outside, outside);
    assert.is(others.big, 5n);
    assert.is(await backend.step(() => 3), 3);
    assert.is(await backend.step(() => undefined), undefined);
    assert.is(await backend.step(() => null), null);
    await litter(backend);
    assert.ok(inside instanceof Box && list instanceof List);
    await refused(backend.name === "wasm", () => inside.x, 9);
    await refused(backend.name === "wasm", () => list[0]!, 9);
  });

  on("every other tensor of a step is refused once it has ended", async (backend, ends) => {
    const geometry = conv2dGeometry("test", 4, 6, { kernelSize: 2, stride: 2 });
    const lost: Record<string, Tensor> = {};
    const winners: Storage<Int32Array>[] = [];
    const outer = Tensor.full([1, 1, 4, 6], 2);
    const { cols, early, gradient } = await backend.step(async () => {
      const x = await backend.relu(Tensor.full([1, 1, 4, 6], 2));
      const { out, argmax } = await backend.maxPool2d(x, geometry);
      winners.push(argmax);
      Object.assign(lost, {
        x,
        out,
        view: x.transpose(),
        slice: x.slice(null, null, [1, 3]),
        reshaped: x.reshape([24]),
        zeros: Tensor.full([3], 2, "float32", backend.allocator),
      });
      // Columns and winners are no tensors: they still look at where they came from
      return {
        cols: await backend.im2col(x, geometry),
        early: await backend.im2col(outer, geometry),
        gradient: await backend.winnersGradient(out, argmax, geometry),
      };
    });
    await litter(backend);
    for (const x of Object.values(lost)) await refused(ends, () => x, 2);
    const filters = Tensor.full([1, 2, 4], 1);
    const uses: [string, () => Promise<Tensor>, number][] = [
      ["columns", async () => cols.layOut(), 2],
      ["a product with columns", () => backend.matmul(filters, cols), 8],
      [
        "a sum with columns",
        () => backend.matmulSum(Tensor.full([1, 1, 3, 6], 1), cols, { transposeB: true }),
        12,
      ],
      ["the winners' gradient", async () => await backend.sumPerChannel(gradient.layOut()), 12],
      [
        "a product with a lost operand",
        () => backend.matmul(Tensor.full([2, 24], 1), lost["reshaped"]!.reshape([24, 1])),
        48,
      ],
      ["a pass over a lost operand", () => backend.relu(lost["x"]!), 2],
      [
        "winners",
        () =>
          backend
            .maxPool2dBackward(Tensor.full([1, 1, 2, 3], 1), winners[0]!, geometry)
            .then((x) => backend.sumPerChannel(x)),
        6,
      ],
    ];
    for (const [what, use, value] of uses) {
      if (ends) await assertRejects(use, ...ENDED);
      else holds(await use(), value, what);
    }
    if (ends) await assertRejects(() => winners[0]!.data, ...ENDED);
    else assert.is(winners[0]!.data.length, 6);
    holds(await backend.matmul(filters, early), 8, "columns of what lives outside");
    assert.equal(lost["x"]!.shape, [1, 1, 4, 6]);
    assert.ok(String(lost["x"]!.size) === "24");
  });

  on("inner steps end first, and hand out to the outer one", async (backend, ends) => {
    let innermost: Tensor | undefined;
    let middle: Tensor | undefined;
    const kept = await backend.step(async () => {
      const before = await made(backend, 1);
      const handed = await backend.step(async () => {
        middle = await made(backend, 2);
        const deeper = await backend.step(async () => {
          innermost = await made(backend, 3);
          holds(before, 1, "the outer step's, inside");
          return made(backend, 4);
        });
        await litter(backend);
        await refused(ends, () => innermost!, 3);
        holds(middle, 2, "the middle's");
        return [deeper, await made(backend, 5), before] as const;
      });
      await litter(backend);
      await refused(ends, () => middle!, 2);
      const after = await made(backend, 6);
      holds(before, 1, "made before");
      assert.is(handed[2], before, "what lives on in the outer step is no copy");
      holds(handed[0], 4, "handed on twice");
      holds(handed[1], 5, "handed on once");
      return [before, ...handed, after];
    });
    await litter(backend);
    kept.forEach((x, i) => holds(x, [1, 4, 5, 1, 6][i]!, `result ${i}`));
  });

  on("a tensor of a step that has ended is no result of the next one", async (backend, ends) => {
    let lost: Tensor | undefined;
    await backend.step(async () => {
      lost = await made(backend, 3);
    });
    const again = (): Promise<unknown> => backend.step(() => ({ deep: [lost] }));
    if (ends) await assertRejects(again, ...ENDED);
    else await again();
    holds(await backend.step(() => made(backend, 4)), 4, "and the backend goes on");
  });

  /** Runs what may be refused; if it is, the error must name the step. */
  const rightOrRefused = async (
    ends: boolean,
    runs: Promise<readonly [Tensor, number][]>[],
  ): Promise<number> => {
    let right = 0;
    for (const outcome of await Promise.allSettled(runs)) {
      if (outcome.status === "rejected") {
        assert.ok(ends, `expected no error, got ${outcome.reason}`);
        await assertRejects(() => Promise.reject(outcome.reason as Error), ...ENDED);
        continue;
      }
      for (const [x, value] of outcome.value) {
        try {
          x.data;
        } catch (error) {
          assert.ok(ends, `expected no error, got ${error}`);
          await assertRejects(() => Promise.reject(error as Error), ...ENDED);
          continue;
        }
        holds(x, value, "a result of a step that overlaps another");
        right++;
      }
    }
    return right;
  };

  on(
    "steps that overlap: right numbers or the error, never other numbers",
    async (backend, ends) => {
      const random = new Random("overlap");
      const step = (base: number, waits: readonly number[]): Promise<readonly [Tensor, number][]> =>
        backend.step(async () => {
          const mine: [Tensor, number][] = [];
          for (const [i, turns] of waits.entries()) {
            mine.push([await made(backend, base + i, 32 + 16 * i), base + i]);
            await pause(turns);
            const sum = await backend.sumPerChannel(mine.at(-1)![0].reshape([1, 1, 32 + 16 * i]));
            mine.push([sum, (base + i) * (32 + 16 * i)]);
            // what was made before is looked at again, while the other step works
            const at = random.integer(mine.length);
            const [before, value] = mine[at]!;
            holds(before, value, `entry ${at} of step ${base}`);
          }
          return mine;
        });
      let right = 0;
      for (let round = 0; round < 25; round++) {
        const waits = (): number[] => Array.from({ length: 4 }, () => random.integer(3));
        right += await rightOrRefused(ends, [
          step(1, waits()),
          step(100, waits()),
          step(10_000, waits()),
        ]);
        await litter(backend);
      }
      assert.ok(right > 0, "no result at all was right");
      holds(await backend.step(() => made(backend, 4)), 4, "and the backend goes on");
    },
  );

  on("the outer of two steps ends first: its results outlive both", async (backend, ends) => {
    let release = (): void => {};
    const wait = new Promise<void>((resolve) => (release = resolve));
    let inner: Promise<readonly [Tensor, number][]> | undefined;
    const [own, borrowed] = await backend.step(async () => {
      const own = await made(backend, 1);
      inner = backend.step(async () => {
        const early = await made(backend, 2);
        await wait;
        const late = await made(backend, 3); // on the heap by now: no step runs any more
        return [
          [late, 3],
          [early, 2],
        ] as const as readonly [Tensor, number][];
      });
      await pause(2);
      return [own, await made(backend, 4)]; // the second in the inner step's memory
    });
    holds(own!, 1, "made before the inner step");
    holds(borrowed!, 4, "made while it ran");
    await litter(backend);
    holds(own!, 1, "made before the inner step");
    holds(borrowed!, 4, "made while it ran");
    release();
    await rightOrRefused(ends, [inner!]);
    await litter(backend);
    holds(await backend.step(() => made(backend, 5)), 5, "and the backend goes on");
  });

  on(
    "a step goes on after the one around it has ended, with right numbers",
    async (backend, ends) => {
      let release = (): void => {};
      const wait = new Promise<void>((resolve) => (release = resolve));
      let inner: Promise<Tensor> | undefined;
      await backend.step(async () => {
        inner = backend.step(async () => {
          await wait;
          return made(backend, 3);
        });
        await pause();
      });
      release();
      holds(await inner!, 3, "made outside of every step");
      // and once more, with another step around the second half
      const gate = new Promise<void>((resolve) => (release = resolve));
      await backend.step(async () => {
        inner = backend.step(async () => {
          await gate;
          return made(backend, 3);
        });
        await pause();
      });
      await backend.step(async () => {
        release();
        await pause(2);
      });
      await litter(backend);
      await rightOrRefused(ends, [inner!.then((x) => [[x, 3]] as const)]);
    },
  );

  on("an error ends the step it is thrown in, and frees its memory", async (backend, ends) => {
    let lost: Tensor | undefined;
    const fails = (): Promise<unknown> =>
      backend.step(async () => {
        lost = await made(backend, 2, 1 << 18);
        throw new TypeError("out of ideas");
      });
    const places = new Set<number>();
    for (let n = 0; n < 30; n++) {
      const error = await fails().then(
        () => null,
        (thrown: Error) => thrown,
      );
      assert.instance(error, TypeError);
      await refused(ends, () => lost!, 2);
      await backend.step(async () => places.add((await made(backend, 1)).data.byteOffset));
    }
    assert.is(places.size, 1, "every step starts at the same place");
    // an error that is thrown at once, not by a promise
    const now = await backend
      .step(() => {
        throw new RangeError("at once");
      })
      .then(
        () => null,
        (thrown: Error) => thrown,
      );
    assert.instance(now, RangeError);
    // and inside of another step, which goes on
    const kept = await backend.step(async () => {
      const before = await made(backend, 7);
      await fails().catch(() => {});
      await litter(backend);
      return before;
    });
    holds(kept, 7, "the outer step's");
  });

  on("what is computed outside of steps stays, whatever is refilled later", async (backend) => {
    const conv = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 3 });
    conv.weight.value.fill(1);
    const geometry = conv2dGeometry("test", 3, 3, { kernelSize: 3 });
    const filters = Tensor.full([1, 1, 9], 1);
    for (const refill of ["fill", "data"] as const) {
      const x = Tensor.zeros([1, 1, 3, 3]);
      const outs: Tensor[][] = [[], [], [], []];
      for (const grey of [1, 2, 3]) {
        if (refill === "fill") x.fill(grey);
        else x.data.fill(grey);
        outs[0]!.push((await conv.forward(x, { backend, mode: "evaluate" })).out);
        outs[1]!.push(await backend.matmul(filters, await backend.im2col(x, geometry)));
        outs[2]!.push(await backend.matmul(x.reshape([1, 9]), filters.reshape([9, 1])));
        outs[3]!.push(await backend.sumPerChannel(x));
      }
      await litter(backend);
      for (const [way, results] of outs.entries())
        assert.equal(
          results.map((out) => out.item()),
          [9, 18, 27],
          `way ${way}, ${refill}`,
        );
    }
    // weights as well
    const weight = Tensor.full([1, 9], 1);
    const answers: Tensor[] = [];
    for (const value of [1, 2, 3]) {
      weight.fill(value);
      answers.push(await backend.matmul(weight, Tensor.full([9, 1], 1)));
    }
    assert.equal(
      answers.map((out) => out.item()),
      [9, 18, 27],
    );
  });

  on("what is kept past its step is refused or right, never overwritten", async (backend, ends) => {
    const conv = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 3 });
    conv.weight.value.fill(1);
    const forward = async (grey: number): Promise<Tensor> =>
      (await conv.forward(Tensor.full([1, 1, 3, 3], grey), { backend, mode: "evaluate" })).out;
    const [kept, returned]: [Tensor[], Tensor[]] = [[], []];
    for (const grey of [1, 2, 3]) {
      const out = await backend.step(async () => {
        const out = await forward(grey);
        assert.is(out.item(), 9 * grey);
        kept.push(out);
        return out;
      });
      returned.push(out);
    }
    assert.equal(
      returned.map((out) => out.item()),
      [9, 18, 27],
    );
    for (const [i, out] of kept.entries()) await refused(ends, () => out.reshape([1]), 9 * (i + 1));
  });

  on("a pass that a step returns is dead in the same way", async (backend, ends) => {
    const conv = new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: 2 });
    conv.weight.value.fill(1);
    const pass = await backend.step(async () => {
      const x = await backend.relu(Tensor.full([1, 1, 3, 4], 1));
      return conv.forward(x, { backend, mode: "train" });
    });
    await litter(backend);
    holds(pass.out, 4, "its result is copied out");
    const dOut = Tensor.full([1, 2, 2, 3], 1);
    if (ends) await assertRejects(() => pass.backward(dOut), ...ENDED);
    else holds(conv.weight.grad, 0, "nothing added yet");
  });
}

test.run();

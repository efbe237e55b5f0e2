/** The memory of the wasm backend: its parts, and the whole as the backend uses it. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry } from "leibniz/im2col";
import { type Backend, wasmBackend } from "leibniz/kernels";
import { MachineError, Random, Tensor } from "leibniz/tensor";
import { Arena } from "../../dist/kernels/wasm/arena.js";
import { FreeList } from "../../dist/kernels/wasm/free-list.js";
import { WasmMemory } from "../../dist/kernels/wasm/memory.js";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

interface Piece {
  readonly start: number;
  readonly bytes: number;
}

/** Do two pieces share a byte? */
const overlap = (a: Piece, b: Piece): boolean =>
  a.start < b.start + b.bytes && b.start < a.start + a.bytes;

function assertApart(pieces: readonly Piece[], what: string): void {
  const sorted = [...pieces].filter(({ bytes }) => bytes > 0).sort((a, b) => a.start - b.start);
  for (let i = 1; i < sorted.length; i++)
    assert.not(
      overlap(sorted[i - 1]!, sorted[i]!),
      `${what}: ${JSON.stringify(sorted[i - 1])} and ${JSON.stringify(sorted[i])} overlap`,
    );
}

/** Removes and returns an element, by any number. */
const drawn = <T>(from: T[], number: number): T => from.splice(number % from.length, 1)[0]!;

test("free list: pieces never overlap, all of it comes back as one", () => {
  const action = fc.record({
    gives: fc.boolean(),
    bytes: fc.integer({ min: 0, max: 9 }),
    which: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), fc.nat(64), (actions, first) => {
      const size = 30; // so that pieces fit exactly, or miss by one, now and then
      const free = new FreeList();
      free.give(first, size);
      const taken: Piece[] = [];
      for (const { gives, bytes, which } of actions) {
        if (gives && taken.length > 0) {
          const piece = drawn(taken, which);
          free.give(piece.start, piece.bytes);
          continue;
        }
        const start = free.take(bytes);
        if (start === null) continue;
        assert.ok(start >= first && start + bytes <= first + size, "inside of what was given");
        taken.push({ start, bytes });
        assertApart(taken, "taken");
      }
      // what is not taken is free, every byte of it
      const left = size - taken.reduce((sum, { bytes }) => sum + bytes, 0);
      const singles: Piece[] = [];
      for (let n = 0; n < left; n++) {
        const start = free.take(1);
        assert.is.not(start, null, `${left} bytes are free, ${n} of them were there`);
        singles.push({ start: start!, bytes: 1 });
      }
      assert.is(free.take(1), null);
      assertApart([...taken, ...singles], "taken, with single bytes");
      for (const { start, bytes } of [...singles, ...taken]) free.give(start, bytes);
      assert.is(free.take(size), first, "joined again");
      assert.is(free.take(1), null);
    }),
    { seed: 1, numRuns: 400 },
  );
});

test("free list: pieces are joined on either side, and on both", () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
  ]) {
    const free = new FreeList();
    free.give(100, 30);
    const starts = [free.take(10)!, free.take(10)!, free.take(10)!];
    assert.equal(starts, [100, 110, 120], "first fit, from the front");
    for (const at of order) free.give(starts[at]!, 10);
    assert.is(free.take(30), 100, `given back in the order ${order}`);
  }
  const apart = new FreeList();
  apart.give(0, 10);
  apart.give(11, 10);
  assert.is(apart.take(20), null, "what does not touch is not joined");
  assert.is(apart.take(10), 0);
  assert.is(apart.take(10), 11);
});

test("free list: at a given place, if it is free from there on", () => {
  const free = new FreeList();
  free.give(100, 50);
  assert.is(free.takeAt(110, 10), false, "a piece is taken from its start");
  assert.is(free.takeAt(100, 51), false);
  assert.is(free.take(51), null);
  assert.is(free.takeAt(100, 20), true);
  assert.is(free.takeAt(100, 20), false);
  assert.is(free.takeAt(120, 30), true);
  assert.is(free.take(1), null);
});

test("free list: nothing takes no room", () => {
  const free = new FreeList();
  free.give(64, 0);
  assert.is(free.take(0), null, "no piece at all");
  free.give(0, 64);
  const nothing = free.take(0)!;
  assert.is(free.take(64), 0);
  free.give(nothing, 0); // lies in the middle of what is taken
  assert.is(free.take(0), null);
  free.give(0, 64);
  assert.is(free.take(64), 0);
});

/** An arena over a memory that can grow up to `limit`, by at least `least` bytes at a time. */
function arenaOf(
  limit: number,
  least = 1,
): {
  arena: Arena;
  free: FreeList;
  end: () => number;
  reserve: (bytes: number) => Piece;
} {
  const free = new FreeList();
  let end = 0;
  const grow = (bytes: number): void => {
    const more = Math.max(bytes, least);
    if (end + more > limit) {
      if (arena.trim()) return;
      throw new MachineError("no more");
    }
    free.give(end, more);
    end += more;
  };
  const reserve = (bytes: number): Piece => {
    for (;;) {
      const start = free.take(bytes);
      if (start !== null) return { start, bytes };
      grow(bytes);
    }
  };
  const arena = new Arena(free, grow);
  return { arena, free, end: () => end, reserve };
}

const MB = 2 ** 20;

/** What happens to an arena: marks nest, as steps and scratch space do. */
const arenaAction = fc.oneof(
  fc.record({ kind: fc.constant("take" as const), bytes: fc.integer({ min: 1, max: 40 * MB }) }),
  fc.record({ kind: fc.constant("take" as const), bytes: fc.integer({ min: 1, max: 4096 }) }),
  fc.record({ kind: fc.constant("mark" as const), bytes: fc.constant(0) }),
  fc.record({ kind: fc.constant("release" as const), bytes: fc.constant(0) }),
  fc.record({ kind: fc.constant("reserve" as const), bytes: fc.integer({ min: 1, max: 30 * MB }) }),
  fc.record({ kind: fc.constant("give" as const), bytes: fc.nat() }),
  fc.record({ kind: fc.constant("trim" as const), bytes: fc.constant(0) }),
);

test("arena: what is taken never overlaps, in whatever order marks and others' pieces come", () => {
  fc.assert(
    fc.property(fc.array(arenaAction, { maxLength: 60 }), fc.boolean(), (actions, isTight) => {
      const limit = isTight ? 150 * MB : Infinity;
      const { arena, free, end, reserve } = arenaOf(limit);
      /** Null where there is no room. */
      const attempt = (take: () => number): number | null => {
        try {
          return take();
        } catch (error) {
          assert.instance(error, MachineError);
          const used = [...taken, ...reserved].reduce((sum, { bytes }) => sum + bytes, 0);
          assert.ok(isTight && used > 0, "an empty memory has room");
          return null;
        }
      };
      const marks: { mark: ReturnType<Arena["mark"]>; count: number }[] = [];
      const taken: Piece[] = [];
      const reserved: Piece[] = [];
      const begin = arena.mark();
      for (const { kind, bytes } of actions) {
        if (kind === "take") {
          const start = attempt(() => arena.take(bytes));
          if (start !== null) taken.push({ start, bytes });
        } else if (kind === "reserve") {
          const start = attempt(() => reserve(bytes).start);
          if (start !== null) reserved.push({ start, bytes });
        } else if (kind === "trim") arena.trim();
        else if (kind === "mark") marks.push({ mark: arena.mark(), count: taken.length });
        else if (kind === "give" && reserved.length > 0) {
          const piece = drawn(reserved, bytes);
          free.give(piece.start, piece.bytes);
        } else if (kind === "release" && marks.length > 0) {
          const { mark, count } = marks.pop()!;
          arena.release(mark);
          taken.length = count;
        }
        assertApart([...taken, ...reserved], kind);
        for (const { start, bytes: size } of taken) assert.ok(start >= 0 && start + size <= end());
      }
      arena.release(begin);
      for (const { start, bytes } of reserved) free.give(start, bytes);
      // two segments or more are given back; one stays, and serves from its very start
      const all = end();
      if (all === 0 || isTight) return;
      const one = { start: arena.take(1), bytes: 1 };
      assert.is(end(), all, "an empty arena does not grow for a byte");
      arena.release(begin);
      assert.is(arena.take(1), one.start, "nor does it move");
    }),
    { seed: 2, numRuns: 400 },
  );
});

test("arena: steps like the ones before take nothing new, and start where these did", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 20 * MB }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 30 * MB }), (bytes, persistent) => {
      const { arena, end, reserve } = arenaOf(Infinity);
      const step = (): number[] => {
        const mark = arena.mark();
        const starts = bytes.map((size) => arena.take(size));
        arena.release(mark);
        return starts;
      };
      step();
      reserve(persistent); // lies behind the arena, or in a gap
      step();
      const [places, reached] = [step(), end()];
      for (let n = 0; n < 5; n++) assert.equal(step(), places);
      assert.is(end(), reached);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("arena: several segments become one, once it is empty", () => {
  const { arena, free, end, reserve } = arenaOf(Infinity);
  const outside = arena.mark();
  const mark = arena.mark();
  arena.take(16 * MB);
  const between = reserve(64);
  const high = arena.take(MB);
  assert.ok(high > between.start, "a second segment");
  arena.release(mark);
  const reached = end();
  // a mark from before that is still a mark, though all has moved
  const start = arena.take(8 * MB);
  arena.take(8 * MB);
  arena.release(outside);
  assert.is(arena.take(8 * MB), start);
  arena.release(outside);
  assert.is(end(), reached);
  // and what lay between is gone, all of it is one
  arena.take(16 * MB);
  arena.take(MB);
  arena.release(outside);
  free.give(between.start, between.bytes);
  arena.take(reached);
  assert.is(end(), reached);
});

test("arena: what it has in reserve can be given back, what is taken stays", () => {
  const { arena, free, end } = arenaOf(64 * MB, 16 * MB);
  assert.is(arena.trim(), false, "nothing to give");
  const mark = arena.mark();
  const first = { start: arena.take(MB), bytes: MB };
  assert.is(arena.trim(), true);
  assert.is(arena.trim(), false, "nothing is left to give");
  const rest = { start: free.take(15 * MB)!, bytes: 15 * MB };
  assert.is(free.take(1), null);
  const second = { start: arena.take(20 * MB), bytes: 20 * MB };
  assertApart([first, rest, second], "after trimming");
  arena.release(mark);
  assertApart([{ start: arena.take(MB), bytes: MB }, rest], "after all was given back");
  arena.release(mark);
  arena.trim();
  free.give(rest.start, rest.bytes);
  assert.is(free.take(end()), 0, "all of it");
});

test("arena: a growth that fails leaves all as it was", () => {
  const { arena, end } = arenaOf(40 * MB);
  const mark = arena.mark();
  const first = arena.take(MB);
  assert.throws(
    () => arena.take(41 * MB),
    (error: Error) => error instanceof MachineError,
  );
  const second = arena.take(MB);
  assertApart(
    [
      { start: first, bytes: MB },
      { start: second, bytes: MB },
    ],
    "after a failure",
  );
  arena.release(mark);
  assert.is(arena.take(MB), first);
  assert.ok(end() <= 40 * MB);
});

test("memory: what is persistent never lies in a step's way, whatever comes and goes", async () => {
  const action = fc.record({
    kind: fc.constantFrom("step", "inner", "make", "dispose", "heap"),
    size: fc.integer({ min: 1, max: 300_000 }),
    which: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 30 }), async (actions) => {
      const memory = new WasmMemory(1024);
      const kept: { x: Tensor; value: number }[] = [];
      let value = 0;
      const check = (): void => {
        for (const { x, value } of kept)
          assert.ok(
            x.data[0] === value && x.data.at(-1) === value,
            `expected ${value}, got ${x.data[0]} and ${x.data.at(-1)}`,
          );
        assertApart(
          kept.map(({ x: { data } }) => ({ start: data.byteOffset, bytes: data.byteLength })),
          "persistent",
        );
      };
      const make = (size: number): void => {
        const x = Tensor.zeros([size], "float32", memory.persistent);
        assert.ok(
          x.data.every((entry) => entry === 0),
          "zeros",
        );
        x.fill(++value);
        kept.push({ x, value });
      };
      for (const { kind, size, which } of actions) {
        if (kind === "make") make(size);
        else if (kind === "dispose" && kept.length > 0) drawn(kept, which).x.storage.dispose();
        else if (kind === "heap") {
          const x = Tensor.full([3], 2, "float32", memory);
          assert.is(x.storage.lifetime, null, "outside of a step on the heap");
        } else
          await memory.step(async () => {
            const own = Tensor.full([size], -1, "float32", memory);
            if (kind === "inner") {
              make(size);
              await memory.step(() => Tensor.full([which % 100_000], -2, "float32", memory));
              make(1 + (which % 1000));
            }
            assert.ok(
              own.data.every((entry) => entry === -1),
              "a step's own",
            );
            check();
          });
        check();
      }
    }),
    { seed: 4, numRuns: 60 },
  );
});

/** How many bytes the memories of a program have, through every growth of a backend's. */
function watchGrowth(): { grown: () => number; end: () => void } {
  const { grow } = WebAssembly.Memory.prototype;
  let pages = 0;
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, more: number): number {
    const before = grow.call(this, more);
    pages += more;
    return before;
  };
  return { grown: () => pages, end: () => void (WebAssembly.Memory.prototype.grow = grow) };
}

async function on(
  options: NonNullable<Parameters<typeof wasmBackend>[0]>,
  run: (backend: Backend, grown: () => number) => Promise<void>,
): Promise<void> {
  const watch = watchGrowth();
  const backend = await wasmBackend({ threads: 1, ...options });
  try {
    await run(backend, watch.grown);
  } finally {
    watch.end();
    await backend.dispose();
  }
}

/** Some of all that a training step does, on images of a size. */
async function work(backend: Backend, N: number, C: number, size: number): Promise<Tensor> {
  const random = new Random(N * C);
  const geometry = conv2dGeometry("test", size, size + 2, { kernelSize: 3, padding: 1 });
  const pool = conv2dGeometry("test", size, size + 2, { kernelSize: 2, stride: 2 });
  const [x, filters] = [random.normal([N, C, size, size + 2]), random.normal([1, 4, 9 * C])];
  const cols = await backend.im2col(x, geometry);
  const { out, argmax } = await backend.convolvePool(filters, cols, null, pool, { rectify: true });
  const gradient = await backend.winnersGradient(out, argmax, pool);
  const dWeight = await backend.matmulSum(gradient, cols, { transposeB: true });
  const dX = await backend.productOntoImages(filters, gradient, C, geometry);
  await backend.sumPerChannel(dX);
  return dWeight;
}

test("500 steps of varying sizes: the memory stays as large as the largest made it", async () => {
  await on({}, async (backend, grown) => {
    const random = new Random("sizes");
    await backend.step(() => work(backend, 9, 6, 20));
    await backend.step(() => Tensor.zeros([8 * MB], "float32", backend.allocator)); // 32 MB
    const reached = grown();
    assert.ok(reached > 0, "the largest step needs more than there was");
    const outputs: Tensor[] = [];
    for (let step = 0; step < 500; step++) {
      const sizes = [1 + random.integer(9), 1 + random.integer(6), 2 + random.integer(19)] as const;
      const dWeight = await backend.step(async () => {
        Tensor.zeros([random.integer(6 * MB)], "float32", backend.allocator);
        return work(backend, ...sizes);
      });
      if (step % 50 === 0) outputs.push(dWeight);
      if (step % 97 === 0)
        await backend
          .step(async () => {
            await work(backend, ...sizes);
            throw new Error("on the way");
          })
          .catch(() => {});
    }
    assert.is(grown(), reached);
    assert.ok(outputs.every(({ storage }) => storage.lifetime === null));
  });
});

test("300 products outside of steps: the memory does not grow, and results stay", async () => {
  await on({}, async (backend, grown) => {
    const [a, b] = [new Random(1).normal([120, 250]), new Random(2).normal([250, 130])];
    const expected = await backend.matmul(a, b);
    const reached = grown();
    let last = expected;
    for (let n = 0; n < 300; n++) {
      last = await backend.matmul(a, b);
      if (n % 20 === 0) await work(backend, 5, 3, 12);
    }
    assert.is(grown(), reached);
    assertClose(last, expected, { tolerance: 0 });
    assert.is.not(last.storage, expected.storage);
  });
});

test("what is persistent survives steps, wherever it was made, and is used again", async () => {
  await on({}, async (backend, grown) => {
    const before = Tensor.full([5000], 3, "float32", backend.persistent);
    let inside: Tensor | undefined;
    await backend.step(async () => {
      Tensor.full([5000], 8, "float32", backend.allocator);
      inside = Tensor.full([7, 3], 4, "float32", backend.persistent);
      await backend.step(async () => {
        await backend.accumulate(inside!, Tensor.full([7, 3], 1));
      });
    });
    for (let n = 0; n < 5; n++) await backend.step(() => work(backend, 4, 2, 10));
    assertClose(before, Tensor.full([5000], 3), { tolerance: 0 });
    assertClose(inside!, Tensor.full([7, 3], 5), { tolerance: 0 });

    // as much again and again fits, if what was before is given back
    const large = (): Tensor => Tensor.full([3 * MB], 2, "float32", backend.persistent);
    let held = large();
    const [place, reached] = [held.data.byteOffset, grown()];
    for (let n = 0; n < 10; n++) {
      held.storage.dispose();
      held.storage.dispose(); // once is enough, twice is no harm
      await assertRejects(() => held.data, "got one that was disposed of");
      held = large();
      assert.is(held.data.byteOffset, place, "the same place");
      assert.ok(held.data.every((value) => value === 2));
      held.data.fill(7);
    }
    held.storage.dispose();
    assert.ok(
      Tensor.zeros([3 * MB], "float32", backend.persistent).data.every((value) => value === 0),
      "zeros, whatever was there",
    );
    assert.is(grown(), reached);
    assertClose(before, Tensor.full([5000], 3), { tolerance: 0 });
  });
});

test("memory: it knows what it holds, by whatever buffer, and where", async () => {
  const memory = new WasmMemory(256);
  const early = Tensor.zeros([6], "float32", memory.persistent);
  const { buffer } = memory.memory;
  await memory.step(() => {
    const large = Tensor.zeros([9 * MB], "float32", memory); // the memory grows
    assert.is.not(memory.memory.buffer, buffer);
    for (const x of [early, large, Tensor.zeros([5], "float32", memory)]) {
      assert.is(memory.holds(x), true);
      assert.is(memory.address(x), x.data.byteOffset, "no copy");
    }
    for (const x of [Tensor.zeros([6]), early.slice([1, 3]), early.reshape([2, 3]).transpose()]) {
      assert.is(memory.holds(x), false);
      const copy = memory.floatsAt(memory.address(x), x.size);
      assert.equal([...copy], [...x.contiguous().data]);
    }
  });
  // of another memory, even if that one grows
  const other = new WasmMemory(256);
  assert.is(memory.holds(Tensor.zeros([6], "float32", other.persistent)), false);
});

test("what is not float32 lives on the heap, in a step or not", async () => {
  await on({}, async (backend) => {
    const make = (): Tensor[] =>
      [backend.allocator, backend.persistent].map((allocator) =>
        Tensor.full([3], 0.1, "float64", allocator),
      );
    const check = (tensors: readonly Tensor[]): void => {
      for (const { storage, data, dtype } of tensors) {
        assert.is(storage.lifetime, null);
        assert.is(dtype, "float64");
        assert.equal([...data], [0.1, 0.1, 0.1]);
      }
    };
    check(make());
    const made = await backend.step(() => {
      const made = make();
      check(made);
      return made;
    });
    check(made);
  });
});

test("tensors without an entry take no memory and can be disposed of", async () => {
  await on({}, async (backend, grown) => {
    const reached = grown();
    for (let n = 0; n < 50; n++) {
      const x = Tensor.zeros([0, 3], "float32", backend.persistent);
      await backend.step(() => backend.relu(x));
      x.storage.dispose();
    }
    assert.is(grown(), reached);
    const x = Tensor.full([6], 2, "float32", backend.persistent);
    assertClose(await backend.relu(x), Tensor.full([6], 2), { tolerance: 0 });
  });
});

test("a memory at its limit is a MachineError that says so, and the backend goes on", async () => {
  await on({ largestMB: 32 }, async (backend) => {
    const big = Tensor.zeros([3 * MB]); // 12 MB
    const fails = async (run: () => Promise<unknown>): Promise<void> => {
      const error = await run().then(
        () => null,
        (thrown: Error) => thrown,
      );
      assert.instance(error, MachineError);
      assert.match(
        error!.message,
        new RegExp(
          "^wasm: expected \\d+ MB more memory, got none beyond the 32 MB there are; " +
            "use smaller batches$",
        ),
      );
    };
    for (let n = 0; n < 3; n++) {
      await fails(() =>
        backend.step(async () => [await backend.relu(big), await backend.relu(big)]),
      );
      await fails(async () => Tensor.zeros([20 * MB], "float32", backend.persistent));
      await fails(() => backend.relu(Tensor.zeros([5 * MB]))); // 20 MB in, 20 MB out
    }
    assertClose(await backend.step(() => backend.relu(Tensor.full([3], 2))), Tensor.full([3], 2), {
      tolerance: 0,
    });
    // all of it is there again
    const most = Tensor.full([6 * MB], 1, "float32", backend.persistent);
    assert.ok(most.data.every((value) => value === 1));
    most.storage.dispose();
    await backend.step(async () => {
      const x = Tensor.full([6 * MB], 1, "float32", backend.allocator);
      assert.ok(x.data.every((value) => value === 1));
    });
  });
});

test("tensors stay whole when the memory grows, in a step and outside", async () => {
  await on({}, async (backend, grown) => {
    const kept = Tensor.full([1000], 3, "float32", backend.persistent);
    await backend.step(async () => {
      const x = await backend.relu(Tensor.full([1000], 4));
      const before = grown();
      const large = Tensor.full([9 * MB], 5, "float32", backend.allocator);
      assert.ok(grown() > before);
      const sum = await backend.relu(x); // reads by the old buffer, writes by the new one
      await backend.accumulate(x, kept);
      await backend.accumulate(kept, x);
      for (const [tensor, value] of [
        [x, 7],
        [sum, 4],
        [large, 5],
        [kept, 10],
      ] as const)
        assert.ok(
          tensor.data.every((entry) => entry === value),
          `${value}`,
        );
    });
    assert.is(kept.storage.version, 1, "in place, so the kernel wrote where it is");
  });
});

test.run();

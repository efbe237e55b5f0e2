import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Backend, openFastestBackend, type Work, type WorkOnBackend } from "leibniz/kernels";
import { InputError, Tensor, tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

/** A clock that work moves forward. */
let clock = 0;
const now = (): number => clock;
const spend = async (ms: number): Promise<void> => void (clock += ms);

/** Work that holds nothing. */
const workOf = (step: Work["step"]): Work => ({ step, dispose: () => {} });

/**
 * Work that takes so many milliseconds a step, by the backend's name and mode; `seen` lists what
 * ran.
 */
function paced(msOf: Readonly<Record<string, number>>, seen: string[] = []): WorkOnBackend {
  return async (backend) => {
    const name = backend.mode ?? backend.name;
    return workOf(async () => {
      seen.push(name);
      await spend(msOf[name]!);
    });
  };
}

const candidates = [
  { name: "reference" },
  { name: "wasm", threads: 2 },
  { name: "gpu", mode: "cpu" },
];

/** A wasm backend that was disposed of refuses to work. */
const isDisposedOf = (backend: Backend): Promise<boolean> =>
  backend.sumPerChannel(Tensor.full([2, 9], 1)).then(
    () => false,
    () => true,
  );

/** Chooses by that clock, and disposes of what was chosen. */
async function chosen(...args: Parameters<typeof openFastestBackend>): Promise<{
  backend: Backend;
  names: string[];
  measured: Awaited<ReturnType<typeof openFastestBackend>>["measured"];
}> {
  const [work, options] = args;
  const { backend, measured } = await openFastestBackend(work, { now, ...options });
  await backend.dispose();
  return { backend, measured, names: measured.map(({ name }) => name) };
}

test("the fastest is kept, wherever it comes, and the measurements are in order", async () => {
  for (const [msOf, winner, order] of [
    [{ reference: 20, wasm: 2, cpu: 60 }, "wasm", ["wasm", "reference", "gpu cpu"]],
    [{ reference: 2, wasm: 20, cpu: 60 }, "reference", ["reference", "wasm", "gpu cpu"]],
    [{ reference: 60, wasm: 20, cpu: 2 }, "gpu", ["gpu cpu", "wasm", "reference"]],
  ] as const) {
    const opened: Backend[] = [];
    const work = paced(msOf);
    const { backend, names, measured } = await chosen(
      (candidate) => (opened.push(candidate), work(candidate)),
      { candidates, budgetMs: 600 },
    );
    assert.ok(await isDisposedOf(opened.find(({ name }) => name === "wasm")!));
    assert.is(backend.name, winner);
    assert.is(backend.threads, winner === "wasm" ? 2 : 1);
    assert.equal(names, [...order]);
    for (const { name, stepMs, trouble } of measured)
      assert.equal(
        [stepMs, trouble],
        [Object.entries(msOf).find(([key]) => name.endsWith(key))![1], null],
      );
  }
});

test(
  "the first step, which compiles, does not count against a backend, " +
    "unless there is no time for another",
  async () => {
    const warmingUp: WorkOnBackend = async (backend) => {
      let step = 0;
      return workOf(() =>
        spend(backend.name === "wasm" && step++ === 0 ? 40 : backend.name === "wasm" ? 2 : 15),
      );
    };
    assert.is(
      (await chosen(warmingUp, { candidates: candidates.slice(0, 2), budgetMs: 400 })).backend.name,
      "wasm",
    );
    assert.is(
      (await chosen(warmingUp, { candidates: candidates.slice(0, 2), budgetMs: 1 })).backend.name,
      "reference",
    );
  },
);

test("a hopeless backend is cut off after three steps, whatever the budget", async () => {
  const seen: string[] = [];
  await chosen(paced({ wasm: 1, reference: 30 }, seen), {
    candidates: [{ name: "wasm", threads: 1 }, { name: "reference" }],
    budgetMs: 2000,
  });
  assert.is(seen.filter((name) => name === "reference").length, 3);
  assert.is(seen.length, 1000 + 3);
  seen.length = 0;
  await chosen(paced({ reference: 5 }, seen), {
    candidates: [{ name: "reference" }],
    budgetMs: 0,
  });
  assert.is(seen.length, 1);
});

test("a backend that fails is out and says why; when all fail, so does the choice", async () => {
  const failing =
    (...names: string[]): WorkOnBackend =>
    async (backend) => {
      if (names.includes(backend.name)) throw new Error(`no ${backend.name} today`);
      return workOf(() => spend(1));
    };
  const { backend, measured } = await chosen(failing("reference"), {
    candidates: candidates.slice(0, 2),
    budgetMs: 10,
  });
  assert.is(backend.name, "wasm");
  assert.equal(measured[1], { name: "reference", stepMs: null, trouble: "no reference today" });
  const error = await openFastestBackend(failing("reference", "wasm"), {
    candidates: candidates.slice(0, 2),
  }).then(
    () => null,
    (thrown: Error) => thrown,
  );
  assert.is(error?.name, "MachineError");
  assert.match(
    error!.message,
    new RegExp(
      "expected a backend that works, got none \\(reference: no reference today; " +
        "wasm: no wasm today\\)$",
    ),
  );
});

test("bad input is not blamed on the backend", async () => {
  const refusing: WorkOnBackend = async () => {
    throw new InputError("images: expected some, got none");
  };
  await assertRejects(() => openFastestBackend(refusing), "images: expected some, got none");
  await assertRejects(
    () => openFastestBackend(async () => workOf(async () => {}), { threads: 0 }),
    "from 1 to 64 threads",
    "got 0",
  );
  await assertRejects(
    () => openFastestBackend(async () => workOf(async () => {}), { candidates: [] }),
    "at least one candidate",
  );
});

test(
  "threads: several leave wasm alone, one leaves every backend; the work's memory is given " +
    "back",
  async () => {
    const [opened, disposed]: Backend[][] = [[], []];
    const product = tensor([[1, 2]], "float32");
    const work: WorkOnBackend = async (backend) => {
      opened.push(backend);
      const held = Tensor.zeros([1 << 20], "float32", backend.persistent); // 4 MB
      return {
        step: async () => void (await backend.matmul(product, tensor([[3], [4]], "float32"))),
        dispose: () => {
          disposed.push(backend);
          held.storage.dispose();
        },
      };
    };
    const { names, backend } = await chosen(work, {
      threads: 3,
      budgetMs: 30,
      now: () => performance.now(),
    });
    assert.equal(names, ["wasm"]);
    assert.is(backend.threads, 3);
    const { names: all } = await chosen(work, {
      threads: 1,
      budgetMs: 30,
      now: () => performance.now(),
    });
    for (const name of ["wasm", "reference", "gpu cpu"])
      assert.ok(all.includes(name), `${name} in ${all}`);
    assert.ok(opened.every(({ threads }, i) => threads === (i === 0 ? 3 : 1)));
    assert.ok(opened.every((backend) => disposed.includes(backend)));
    assert.is(opened.length, disposed.length, "once each");

    const places: number[] = [];
    const { backend: kept } = await openFastestBackend(
      async ({ persistent }) => {
        const held = Tensor.zeros([64], "float32", persistent);
        places.push(held.data.byteOffset);
        return { step: async () => {}, dispose: () => held.storage.dispose() };
      },
      { candidates: [{ name: "wasm", threads: 1 }], budgetMs: 1 },
    );
    assert.is(
      Tensor.zeros([64], "float32", kept.persistent).data.byteOffset,
      places[0],
      "the memory of the work is free again",
    );
    assert.equal((await kept.matmul(product, tensor([[3], [4]], "float32"))).toNested(), [[11]]);
    assert.not.ok(await isDisposedOf(kept));
    await kept.dispose();
  },
);

test.run();

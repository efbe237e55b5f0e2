import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry, type WindowGeometry } from "leibniz/im2col";
import { availableGpuModes, gpuBackend, reference } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import * as gpujs from "../../dist/kernels/gpu/gpujs.js";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { root } from "../helpers/cli.js";
import { canTestWebGpu } from "../helpers/vulkan.js";
import { gpuConvolutionSuite } from "./gpu-convolution-suite.js";
import { gpuLayersSuite } from "./gpu-layers-suite.js";
import { gpuLossSuite } from "./gpu-loss-suite.js";
import { gpuStepSuite } from "./gpu-step-suite.js";
import { assertFails, destroyedDuring, gpuSuite, patched, withBackend } from "./gpu-suite.js";

/** The modes that every machine with Node has. */
const MODES = ["cpu", "webasm"] as const;

for (const mode of MODES) {
  gpuSuite(mode, test);
  gpuConvolutionSuite(mode, test);
  gpuStepSuite(mode, test);
  gpuLayersSuite(mode, test);
}

if (await canTestWebGpu()) {
  gpuSuite("webgpu", test);
  gpuConvolutionSuite("webgpu", test);
  gpuStepSuite("webgpu", test);
  gpuLayersSuite("webgpu", test);
  gpuLossSuite("webgpu", test);
}

test(
  "a kernel that gpu.js would move to the CPU is an error with gpu.js's reason, " +
    "and nothing is printed",
  () =>
    withBackend({ mode: "webasm", smallestProduct: 0 }, async (backend) => {
      const build = function (
        this: gpujs.Kernel & { requestFallback(args: unknown, reason: string): void },
        ...args: unknown[]
      ): void {
        this.requestFallback(args, "planted reason");
      };
      const printed: unknown[] = [];
      await patched(
        gpujs.WebAssemblyKernel.prototype,
        "build",
        { value: build, writable: true },
        () =>
          patched(
            console,
            "warn",
            { value: (...words: unknown[]) => printed.push(words), writable: true },
            () =>
              assertFails(
                () => backend.matmul(Tensor.zeros([4, 5]), Tensor.zeros([5, 6])),
                "mode webasm",
                "planted reason",
              ),
          ),
      );
      assert.equal(printed, []);
      assert.is(backend.kernelCount, 0, "expected the failed kernel to be given up");
      await backend.matmul(Tensor.zeros([4, 5]), Tensor.zeros([5, 6]));
      assert.is(backend.kernelCount, 1, "expected the next product to work");
    }),
);

test("a kernel that ran elsewhere than asked is an error, on its first run and on later ones", () =>
  withBackend({ mode: "webasm", smallestProduct: 0 }, async (backend) => {
    const [a, b] = [Tensor.zeros([4, 5]), Tensor.zeros([5, 6])];
    await backend.matmul(a, b);
    const destroyed = await destroyedDuring("webasm", () =>
      patched(gpujs.WebAssemblyKernel, "mode", { get: () => "cpu" }, async () => {
        await assertFails(() => backend.matmul(a, b), "mode webasm", "got cpu");
        await assertFails(
          () => backend.matmul(b, a, { transposeA: true, transposeB: true }),
          "mode webasm",
          "got cpu",
        );
      }),
    );
    assert.is(destroyed.length, 2, "expected both kernels to be given up");
    assert.is(backend.kernelCount, 0);
  }));

test("webasm: of the shapes that a kernel was compiled for, the last ones are kept", () =>
  withBackend({ mode: "webasm", smallestProduct: 0, kernelCapacity: 2 }, async (backend) => {
    const random = new Random("gpu capacity");
    let compiled = 0;
    const { Module } = WebAssembly;
    const Counted = class extends Module {
      constructor(bytes: BufferSource) {
        super(bytes);
        compiled++;
      }
    };
    const compiledBy = async (M: number): Promise<number> => {
      const [a, b] = [random.normal([M, 5]), random.normal([5, 4])];
      const before = compiled;
      await patched(WebAssembly, "Module", { value: Counted, writable: true }, async () =>
        assertClose(await backend.matmul(a, b), await reference.matmul(a, b), { tolerance: 1e-6 }),
      );
      return compiled - before;
    };
    assert.equal([await compiledBy(8), await compiledBy(12)], [1, 1]);
    assert.equal([await compiledBy(8), await compiledBy(12)], [0, 0]);
    assert.equal([await compiledBy(16), await compiledBy(12)], [1, 0]);
    assert.is(await compiledBy(8), 1, "expected 8 to be compiled once more");
  }));

/** Filters, and images of 13×13 pixels, whose convolution is work for several threads. */
const forThreads = (random: Random): readonly [weight: Tensor, x: Tensor, WindowGeometry] => [
  random.normal([1, 32, 144]),
  random.normal([64, 16, 13, 13]),
  conv2dGeometry("test", 13, 13, { kernelSize: 3 }),
];

test("webasm: threads compute the same as one to the bit, and end with the backend", async () => {
  const { postMessage } = Worker.prototype;
  const working = new Set<Worker>();
  const watched = function (this: Worker, message: { type: string }): void {
    if (message.type === "run") working.add(this);
    postMessage.call(this, message);
  };
  await patched(Worker.prototype, "postMessage", { value: watched, writable: true }, () =>
    withBackend({ mode: "webasm" }, async (backend) => {
      const [weight, x, geometry] = forThreads(new Random("gpu threads"));
      const all = await backend.matmul(weight, await backend.im2col(x, geometry));
      const threads = working.size;
      assert.ok(threads >= 1 && threads <= 4, `expected one to four threads, got ${threads}`);
      const P = geometry.outH * geometry.outW;
      for (const n of [0, 1, 63]) {
        const one = await backend.im2col(x.slice([n, n + 1]), geometry);
        const { data } = await backend.matmul(weight, one);
        assert.equal(data, all.data.slice(n * 32 * P, (n + 1) * 32 * P));
      }
      assert.is(working.size, threads, "expected small products to need no others");
    }),
  );
  for (const worker of working) {
    if (worker.threadId !== -1) await new Promise((ended) => worker.once("exit", ended));
    assert.is(worker.threadId, -1);
  }
});

/** What a process of its own prints that multiplies two matrices of ones, and how it ends. */
function onesByOnes(...how: string[]): [printed: string, status: number | null] {
  const script = `
    (async () => {
      const { gpuBackend } = await import("leibniz/kernels");
      const { Tensor } = await import("leibniz/tensor");
      const backend = await gpuBackend({ mode: "webasm" });
      const ones = Tensor.full([330, 330], 1);
      console.log((await backend.matmul(ones, ones)).data[330 * 330 - 1]);
    })();`;
  const { stdout, status } = spawnSync(process.execPath, [...how, "--eval", script], {
    encoding: "utf8",
    cwd: root,
    timeout: 60_000,
  });
  return [stdout, status];
}

test("webasm: threads that have nothing to do do not keep the process", () =>
  assert.equal(onesByOnes(), ["330\n", 0]));

// gpu.js's workers are scripts that this option, which they inherit, turns into modules
test("webasm: where threads cannot start, one does all the work", () =>
  assert.equal(onesByOnes("--input-type=module"), ["330\n", 0]));

test("results of products are not kept", () =>
  withBackend({ mode: "webasm", smallestProduct: 0 }, async (backend) => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const [a, b] = [Tensor.full([64, 8], 1), Tensor.full([8, 64], 1)];
    const held = (): number => {
      collect();
      return process.memoryUsage().arrayBuffers / 2 ** 20;
    };
    for (let n = 0; n < 10; n++) await backend.matmul(a, b);
    const before = held();
    for (let n = 0; n < 1000; n++) await backend.matmul(a, b); // each result has 16 kB
    let growth = held() - before;
    // V8 gives memory back beside other work
    for (let turn = 0; turn < 100 && growth >= 3; turn++) {
      await new Promise((done) => setTimeout(done));
      growth = held() - before;
    }
    assert.ok(
      growth < 3,
      `expected nothing to be kept, got ${growth.toFixed(1)} MB more after 1000 products`,
    );
  }));

test("a mode that computes nonsense is found out before it is used", () =>
  patched(
    gpujs.WebAssemblyKernel.prototype,
    "run",
    { value: () => Float32Array.of(50, 121, 0, 0, ...Array(12).fill(0)), writable: true },
    () =>
      assertFails(() => gpuBackend({ mode: "webasm" }), "mode webasm", "50 and 122", "50 and 121"),
  ));

test("a mode that is unknown or absent is refused, and the message lists the others", async () => {
  const available = await availableGpuModes();
  assert.ok(
    MODES.every((mode) => available.includes(mode)),
    `expected ${MODES} among ${available}`,
  );
  await assertRejects(
    () => gpuBackend({ mode: "webgl2" }),
    "gpuBackend",
    `(${available.join(", ")})`,
    '"webgl2"',
    "it needs a browser",
  );
  await assertRejects(
    () => gpuBackend({ mode: "gpu" }),
    "gpuBackend",
    "webgpu, webgl2, headlessgl, webasm, cpu",
    "available here",
    '"gpu"',
  );
});

// npm builds the package gl, which gpu.js asks for, where it may and can
if ((await availableGpuModes()).includes("headlessgl")) {
  gpuSuite("headlessgl", test);
  gpuConvolutionSuite("headlessgl", test);
} else {
  test("headlessgl: without the package gl, an error that says how to get it", () =>
    assertRejects(
      () => gpuBackend({ mode: "headlessgl" }),
      "gpuBackend",
      "webasm, cpu",
      '"headlessgl"',
      "native package gl",
      "npm install gl, or with npx: npx -p leibniz -p gl leibniz …",
    ));
}

/**
 * What `gpuBackend({ mode: "webgpu" })` says in a process of its own, in which something is
 * missing.
 */
function failureWithout(preload: string, environment: Record<string, string> = {}): string {
  const script = `
    import { availableGpuModes, gpuBackend } from "leibniz/kernels";
    const none = () => new Error("none");
    const error = await gpuBackend({ mode: "webgpu" }).then(none, (error) => error);
    console.log(error.name, error.message, (await availableGpuModes()).join());`;
  const preloaded = `data:text/javascript,${encodeURIComponent(preload)}`;
  const { stdout } = spawnSync(
    process.execPath,
    ["--import", preloaded, "--input-type=module", "--eval", script],
    { encoding: "utf8", cwd: root, env: { ...process.env, ...environment } },
  );
  return stdout;
}

test(
  "webgpu: without the package webgpu, without Vulkan or without a driver, an error that " +
    "says what to install",
  () => {
    const start =
      'InputError gpuBackend: expected a mode that is available here (webasm, cpu), got "webgpu"; ';
    const helper = new URL("../helpers/software-vulkan.js", import.meta.url).href;
    const softwareVulkan = `import ${JSON.stringify(helper)};`;
    const noPackage =
      "export const resolve = (name, context, next) => { if (name.endsWith('webgpu')) throw new " +
      "Error('planted'); return next(name, context); }";
    const cases = [
      [
        `${softwareVulkan} import { register } from "node:module"; ` +
          `register(${JSON.stringify(`data:text/javascript,${noPackage}`)});`,
        {},
        "package webgpu (Error: planted): npm install webgpu, or with npx: " +
          "npx -p leibniz -p webgpu leibniz …",
      ],
      [
        "process.dlopen = () => { throw new Error('libvulkan.so.1: cannot open shared object " +
          "file: No such file') };",
        {},
        "libvulkan1",
        "a driver",
      ],
      [
        softwareVulkan,
        { VK_ICD_FILENAMES: "/no/such/driver.json" },
        "no graphics device",
        "VK_ICD_FILENAMES",
      ],
    ] as const;
    for (const [preload, environment, ...pieces] of cases) {
      const said = failureWithout(preload, environment);
      assert.match(said, /^.*webasm,cpu\n$/, `expected one line, got ${said}`);
      for (const piece of [start, ...pieces])
        assert.ok(said.includes(piece), `expected "${piece}" in "${said}"`);
    }
  },
);

test(
  "without a mode, the fastest that is there: a graphics device, unless it is the processor " +
    "under another name",
  async () => {
    const available = await availableGpuModes();
    await withBackend({}, async (backend) => {
      assert.is(backend.mode, available[0]);
      assert.is(backend.name, "gpu");
      assert.is(backend.threads, 1);
    });
    if (!available.includes("webgpu"))
      return assert.is(available[0], available.includes("headlessgl") ? "headlessgl" : "webasm");
    const softwareOnly = (await navigator.gpu.requestAdapter())!.info.isFallbackAdapter;
    assert.is(available.indexOf("webgpu"), softwareOnly ? available.length - 1 : 0);
    assert.equal(
      await availableGpuModes("none"),
      softwareOnly ? available.slice(0, -1) : available,
    );
  },
);

test.run();

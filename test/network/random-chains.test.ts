/**
 * Random networks of every kind of layer: the plan changes no bit of an output and a gradient by no
 * more than rounding; nor does anything change when inputs are refilled, outputs are read,
 * observers look on, or the whole runs inside a step.
 */
import type { Mode } from "leibniz/backprop";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { initialise, type Sequential } from "leibniz/network";
import { type DType, Random, type Tensor } from "leibniz/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type RandomChain, randomChain } from "../helpers/random-chains.js";

const CHAINS = 300;
/** Of a tensor's largest entry: float32 sums in another order, through a dozen layers. */
const ROUNDING = 1e-4;
/** The same against sums in float64, where normalisations divide by small deviations. */
const REFERENCE_ROUNDING = 3e-3;
/** All kinds of layers that there are. */
const KINDS = 19;

const test = suite("random chains");

interface Result {
  readonly out: Tensor;
  /** dX, the parameters' gradients, and the running statistics after the pass. */
  readonly rest: ReadonlyMap<string, Tensor>;
  /** Which pixel won and which sign was seen, everywhere. */
  readonly choices: string;
  readonly network: Sequential;
}

interface Disturbances {
  readonly dtype?: DType;
  readonly inStep?: boolean;
  readonly refill?: boolean;
  readonly observe?: boolean;
}

/** One forward and one backward pass of a fresh copy of the network. */
async function run(
  chain: RandomChain,
  seed: number,
  mode: Mode,
  backend: Backend,
  { dtype = "float32", inStep = false, refill = false, observe = false }: Disturbances = {},
): Promise<Result> {
  const network = chain.build({ allocator: backend.persistent, dtype });
  initialise(network, new Random(`weights ${seed}`));
  const random = new Random(`data ${seed}`);
  const x = random.normal([...chain.inputShape], 0, 1, "float32");
  let looked = 0;
  const look = (_: string, out: Tensor): void => void (looked += out.data[0]!);
  const passes = async () => {
    const { out, backward, choices } = await network.forward(x, {
      backend,
      mode,
      random: new Random(`masks ${seed}`),
      ...(observe && { observe: look }),
    });
    const taken = JSON.stringify(choices!().map((one) => Array.from(one.taken)));
    if (refill) x.data.fill(NaN);
    if (observe) void out.toNested();
    const kept = out.clone();
    const dX = await backward(random.uniform([...out.shape], -1, 1, "float32"), true);
    return { out: kept, dX: dX!, choices: taken };
  };
  const { out, dX, choices } = await (inStep ? backend.step(passes) : passes());
  const rest = new Map([["dX", dX]]);
  for (const { name, parameter } of network.parameters) rest.set(name, parameter.grad.clone());
  for (const { name, buffer } of network.buffers) rest.set(name, buffer.value.clone());
  network.dispose();
  assert.ok(!observe || looked !== 0);
  return { out, rest, choices, network };
}

const largest = (tensor: Tensor): number =>
  (tensor.contiguous().data as Float32Array).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The largest difference, as a share of `scale`; NaN if there is one. */
function difference(a: Tensor, b: Tensor, scale = largest(a)): number {
  assert.equal(a.shape, b.shape);
  const [left, right] = [a.contiguous().data, b.contiguous().data];
  let worst = 0;
  for (let i = 0; i < left.length; i++) {
    const apart = Math.abs(left[i]! - right[i]!);
    if (!(apart <= worst)) worst = apart;
  }
  return worst === 0 ? 0 : worst / scale;
}

function assertSameBits(what: string, a: Result, b: Result): void {
  for (const [name, tensor] of [["out", a.out] as const, ...a.rest]) {
    const other = name === "out" ? b.out : b.rest.get(name)!;
    assert.equal(tensor.shape, other.shape, `${what}: ${name}`);
    const [left, right] = [tensor.contiguous().data, other.contiguous().data];
    const at = left.findIndex((value, i) => !Object.is(value, right[i]));
    assert.ok(at < 0, `${what}: ${name}[${at}] is ${left[at]} and ${right[at]}`);
  }
}

/**
 * How far the gradients are apart at most, each as a share of its largest entry; those that cancel
 * each other, on the scale of the others.
 */
function gradientsApart(a: Result, b: Result): number {
  const all = Math.max(...[...a.rest.values()].map(largest));
  const each = [...a.rest].map(([name, tensor]) =>
    difference(tensor, b.rest.get(name)!, Math.max(largest(tensor), all / 100)),
  );
  return Math.max(...each);
}

test(`${CHAINS} of them`, async () => {
  const backends = await Promise.all([1, 2].map((threads) => wasmBackend({ threads })));
  const seen = new Set<string>();
  let [fused, shared, compared] = [0, 0, 0];
  for (let seed = 0; seed < CHAINS; seed++) {
    const random = new Random(`chain ${seed}`);
    const chain = randomChain(random);
    const mode = random.integer(3) === 0 ? "evaluate" : "train";
    const wasm = backends[seed % 2]!;
    const plain = { ...wasm, fuses: false };
    const what = `chain ${seed} (${chain.kinds.join(", ")}; ${mode})`;
    const planned = await run(chain, seed, mode, wasm);
    const unplanned = await run(chain, seed, mode, plain);
    for (const kind of chain.kinds) seen.add(kind);
    if (planned.network.planned.some(({ parts }) => parts !== undefined)) fused++;
    const { layers } = planned.network;
    if (new Set(layers.map(({ layer }) => layer)).size < layers.length) shared++;

    const out = difference(planned.out, unplanned.out);
    assert.is(out, 0, `${what}: the plan changes the output by ${out}`);
    const apart = gradientsApart(planned, unplanned);
    assert.ok(apart <= ROUNDING, `${what}: ${apart} apart with and without the plan`);

    const disturbances = {
      inStep: random.integer(2) === 0,
      refill: random.integer(2) === 0,
      observe: random.integer(2) === 0,
    };
    const disturbed = JSON.stringify(disturbances);
    assertSameBits(
      `${what}: ${disturbed}`,
      planned,
      await run(chain, seed, mode, wasm, disturbances),
    );

    const truth = await run(chain, seed, mode, reference, disturbances);
    assert.ok(
      difference(truth.out, planned.out) <= REFERENCE_ROUNDING,
      `${what}: out against reference`,
    );
    // where rounding tips a choice, the gradient is another one
    if (truth.choices !== unplanned.choices) continue;
    compared++;
    if (gradientsApart(truth, planned) <= REFERENCE_ROUNDING) continue;
    // where gradients cancel, float32 itself is that far from the truth, on reference as well
    const exact = await run(chain, seed, mode, reference, { ...disturbances, dtype: "float64" });
    const [own, references] = [planned, truth].map((one) => gradientsApart(exact, one));
    assert.ok(
      own! <= 3 * references!,
      `${what}: ${own} from float64, and reference only ${references}`,
    );
  }
  for (const backend of backends) await backend.dispose();
  assert.is(seen.size, KINDS, [...seen].join(", "));
  assert.ok(fused > CHAINS / 4, `${fused} chains have fused layers`);
  assert.ok(shared > CHAINS / 20, `${shared} chains have a layer in two places`);
  assert.ok(compared > 0.95 * CHAINS, `${compared} chains were compared with reference`);
});

test.run();

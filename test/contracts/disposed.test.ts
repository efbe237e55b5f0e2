/** What was disposed of is named when it is used again. */
import { Dataset } from "leibniz/data";
import { wasmBackend } from "leibniz/kernels";
import { affine, initialise, relu, saveNetwork, weightsSha256 } from "leibniz/network";
import { Random, tensor } from "leibniz/tensor";
import { measure, open } from "leibniz/training";
import { suite } from "uvu";
import { assertRejects } from "../helpers/assert-close.js";
import { goal, loss } from "../helpers/front-door.js";

const test = suite("disposed");

test("an engine, a network and a backend that were disposed of are named", async () => {
  const wasm = await open({ threads: 1 });
  const network = wasm.network({ one: affine({ outFeatures: 2 }) }, { input: [3] });
  const x = tensor([[1, 2, 3]]);
  const data = Dataset.from({ x, target: [1] });
  const running = wasm.fit(network, { data, ...goal, epochs: 9 });
  await running.next();
  const gone = wasm.network({ one: affine({ outFeatures: 2 }) }, { input: [3] });
  gone.dispose();
  const used = "expected a network in use, got one that was disposed of";
  const options = { backend: wasm.backend, data, loss };
  await assertRejects(() => wasm.predict(gone, x), `network: ${used}`);
  await assertRejects(() => wasm.fit(gone, { data, ...goal }), `fit: ${used}`);
  await assertRejects(() => measure(gone, options), `measure: ${used}`);
  await assertRejects(() => saveNetwork(gone), `saveNetwork: ${used}`);
  await assertRejects(() => weightsSha256(gone), `weightsSha256: ${used}`);
  await assertRejects(() => initialise(gone, new Random(0)), `initialise: ${used}`);
  await wasm.dispose();
  const closed = "expected an engine in use, got one that was disposed of; open another";
  await assertRejects(() => running.next(), `fit: ${closed}`);
  await assertRejects(() => wasm.fit(network, { data, ...goal }), `fit: ${closed}`);
  await assertRejects(() => wasm.predict(network, x), `predict: ${closed}`);
  await assertRejects(() => wasm.step(() => 3), `step: ${closed}`);
  await assertRejects(() => wasm.network({ one: relu() }), `network: ${closed}`);
  await assertRejects(() => wasm.loadNetwork(new Uint8Array()), `loadNetwork: ${closed}`);
  const shut = "wasm: expected a backend in use, got one that was disposed of; open another";
  await assertRejects(() => measure(network, options), shut);
  await assertRejects(() => network.forward(x, { backend: wasm.backend, mode: "train" }), shut);
  const own = await wasmBackend({ threads: 1 });
  await own.dispose();
  await assertRejects(() => own.step(() => 3), shut);
});

test("an engine on the reference that was disposed of is named as well", async () => {
  const other = await open({ backend: "reference" });
  const network = other.network({ one: affine({ outFeatures: 2 }) }, { input: [3] });
  await other.dispose();
  await assertRejects(() => other.predict(network, tensor([[1, 2, 3]])), "an engine in use");
});

test.run();

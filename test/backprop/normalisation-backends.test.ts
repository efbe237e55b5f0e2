import { test } from "uvu";
import * as assert from "uvu/assert";
import { BatchNorm1d, BatchNorm2d, type Layer, LayerNorm } from "leibniz/backprop";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { Random, type Tensor } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";

const layers: Readonly<Record<string, { make: () => Layer; shape: readonly number[] }>> = {
  batchNorm2d: { make: () => new BatchNorm2d({ channels: 5 }), shape: [6, 5, 3, 7] },
  "batchNorm1d, rows": { make: () => new BatchNorm1d({ channels: 5 }), shape: [9, 5] },
  "batchNorm1d, sequences": { make: () => new BatchNorm1d({ channels: 5 }), shape: [4, 5, 6] },
  layerNorm: { make: () => new LayerNorm({ shape: [5] }), shape: [3, 4, 5] },
  "layerNorm of images": { make: () => new LayerNorm({ shape: [5, 3, 2] }), shape: [4, 5, 3, 2] },
};

/** A backend, and the names of what was called on it. */
function recorded(backend: Backend): { backend: Backend; calls: string[] } {
  const calls: string[] = [];
  const names = [
    ...(["channelMoments", "channelAffine", "channelSums", "channelResidual"] as const),
    ...(["rowMoments", "rowAffine", "rowSums", "rowResidual"] as const),
  ];
  const spied = names.map((name) => [
    name,
    (...operands: never[]) => {
      calls.push(name);
      return (backend[name] as (...all: never[]) => unknown)(...operands);
    },
  ]);
  return { backend: { ...backend, ...Object.fromEntries(spied) } as Backend, calls };
}

interface Results {
  readonly out: Tensor;
  readonly dX: Tensor;
  readonly gradients: readonly Tensor[];
  readonly buffers: readonly Tensor[];
}

async function passes(
  { make, shape }: (typeof layers)[string],
  backend: Backend,
  mode: "train" | "evaluate",
): Promise<Results> {
  const layer = make();
  const random = new Random("passes");
  for (const { value } of layer.parameters)
    value.copyFrom(random.normal(value.shape, 1, 0.5, value.dtype));
  const [x, dOut] = [random.normal(shape, 3, 2), random.normal(shape)];
  return backend.step(async () => {
    const { out, backward } = await layer.forward(x, { backend, mode });
    const dX = (await backward(dOut))!;
    return {
      out,
      dX,
      gradients: layer.parameters.map(({ grad }) => grad),
      buffers: (layer.buffers ?? []).map(({ value }) => value),
    };
  });
}

for (const [name, layer] of Object.entries(layers))
  test(`${name} runs on the backend it is given, with the same results`, async () => {
    const wasm = await wasmBackend({ threads: 2 });
    try {
      for (const mode of ["train", "evaluate"] as const) {
        const expected = await passes(layer, reference, mode);
        const { backend, calls } = recorded(wasm);
        const actual = await passes(layer, backend, mode);
        if (name.startsWith("layerNorm"))
          assert.equal(calls, ["rowMoments", "rowAffine", "rowSums", "rowResidual"]);
        else {
          assert.equal(
            calls.filter((call) => call === "channelMoments" || call === "channelResidual"),
            mode === "train" ? ["channelMoments", "channelResidual"] : [],
          );
          assert.ok(calls.includes("channelAffine") && calls.includes("channelSums"));
        }
        const close = (tensor: Tensor, other: Tensor, what: string): void =>
          assertClose(tensor, other, { tolerance: 3e-6, what: `${what}, ${mode}` });
        close(actual.out, expected.out, "out");
        close(actual.dX, expected.dX, "dX");
        assert.is(expected.gradients.length, 2);
        expected.gradients.forEach((gradient, i) =>
          close(actual.gradients[i]!, gradient, `gradient ${i}`),
        );
        expected.buffers.forEach((buffer, i) => close(actual.buffers[i]!, buffer, `buffer ${i}`));
      }
    } finally {
      await wasm.dispose();
    }
  });

test.run();

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog, layerFile } from "leibniz/gradcheck";
import {
  type BackwardModule,
  type MutationResult,
  plantMutations,
  runMutations,
} from "leibniz/checks";

function moduleOf(layer: string): BackwardModule {
  const address = import.meta.resolve(`leibniz/backprop/${layerFile(layer)}`);
  return { layer, address, text: readFileSync(new URL(address), "utf8") };
}

test(
  "every function that implements a gradient gets at least three mutations, each another " + "text",
  () => {
    for (const { layer } of catalog) {
      const { text } = moduleOf(layer);
      const planted = plantMutations(text);
      assert.is(new Set(planted.map((mutation) => mutation.text)).size, planted.length, layer);
      assert.ok(
        planted.every((mutation) => mutation.text !== text),
        layer,
      );
    }
  },
);

/** What comes of each module. All run in one process: to start one takes longer than a check. */
async function mutateEach(modules: readonly BackwardModule[]): Promise<MutationResult[][]> {
  const results: MutationResult[] = [];
  for await (const result of runMutations(modules, 1)) results.push(result);
  const each = modules.map(({ text }) => results.splice(0, plantMutations(text).length));
  assert.is(results.length, 0);
  return each;
}

const mutate = async (module: BackwardModule): Promise<MutationResult[]> =>
  (await mutateEach([module]))[0]!;

test(
  "mutations of a backward pass are noticed, and the file on the disk stays as it " + "is",
  async () => {
    const module = moduleOf("flatten");
    const results: MutationResult[] = [];
    for await (const result of runMutations([module], 2)) results.push(result);
    assert.ok(results.length >= 4);
    for (const { mutation, verdict, how } of results) {
      assert.is(verdict, "noticed", mutation);
      assert.match(how ?? "nothing", /^dX, relative error \d/, mutation);
    }
    assert.is(readFileSync(new URL(module.address), "utf8"), module.text);
  },
);

test(
  "a change that is no mistake is reported as not noticed, " +
    "and code that stops, or returns another shape, as stopped",
  async () => {
    const { address, text } = moduleOf("flatten");
    const [before, after] = text.split("export async function flattenBackward");
    const body = (line: string): string =>
      `${before}export async function flattenBackward(dOut, { shape }) {\n` +
      `    // (affine.15) see above\n    ${line}\n}\n${after!.slice(after!.indexOf("\n}\n") + 3)}`;
    const [harmless, stops, reshapes] = (await mutateEach(
      [
        "const unused = 1 + 2; return { dX: dOut.reshape(shape) };",
        "const count = new Array(0 - 0); return { dX: dOut.reshape(shape) };",
        "return { dX: dOut.reshape(shape).slice([0, shape[0]]) };",
      ].map((line) => ({ layer: "flatten", address, text: body(line) })),
    )) as [MutationResult[], MutationResult[], MutationResult[]];
    assert.ok(
      harmless.some(
        ({ mutation, verdict, how }) =>
          mutation.includes("1 - 2") && verdict === "missed" && how === null,
      ),
    );
    assert.ok(
      stops.some(({ verdict, how }) => verdict === "stopped" && how === "Invalid array length"),
    );
    assert.ok(stops.some(({ verdict }) => verdict === "noticed"));
    assert.ok(
      reshapes.some(({ verdict, how }) => verdict === "stopped" && how!.includes("shape")),
      JSON.stringify(reshapes),
    );
  },
);

test("where exchanged arguments stop, one with wrong numbers takes their place", async () => {
  const { address, text } = moduleOf("flatten");
  const lines = "const put = (to, from) => from.reshape(to);\n    return { dX: put(shape, dOut) };";
  const results = await mutate({
    layer: "flatten",
    address,
    text: text.replace("return { dX: dOut.reshape(shape) };", lines),
  });
  const mutations = results.map(({ mutation }) => mutation);
  assert.ok(mutations.includes("flattenBackward: dOut is off by one in put(shape, dOut)"));
  assert.not(mutations.some((mutation) => mutation.includes("put(dOut, shape)")));
  for (const { verdict, mutation } of results) assert.is(verdict, "noticed", mutation);
});

test("checks of arguments and extents of a reshape stay: no gradient would come of it", () => {
  const extents = (text: string): readonly string[] => text.match(/reshape\(\[[^\]]*\]\)/g) ?? [];
  let reshapes = 0;
  for (const { layer } of catalog) {
    const { text: right } = moduleOf(layer);
    for (const { what, text } of plantMutations(right)) {
      if (/ is | has /.test(what)) continue;
      const name = what.split(":")[0]!;
      assert.not(text.includes(`checkDOut("${name}"`), what);
      if (what.endsWith("in column-major order")) reshapes++;
      else assert.equal(extents(text), extents(right), what);
    }
  }
  assert.ok(reshapes > 5);
});

for (const layer of ["conv2d", "convPool2d"])
  test(`${layer}: where its matrices are square, one that is not transposed computes`, async () => {
    const { address, text } = moduleOf(layer);
    const wrong = text.replace("transposeB: true", "transposeB: false");
    assert.is.not(wrong, text);
    let message = "";
    await mutate({ layer, address, text: wrong }).catch(
      (error: Error) => (message = error.message),
    );
    assert.match(message, /as it is, got dWeight, relative error \d/);
  });

test("a layer that the check complains of without any mutation cannot be judged", async () => {
  const { address, text } = moduleOf("flatten");
  const wrong = text.replace(
    "dOut.reshape(shape)",
    "dOut.reshape(shape).clone().transpose([0, 1, 3, 2]).reshape(shape)",
  );
  assert.is.not(wrong, text);
  let message = "";
  await mutate({ layer: "flatten", address, text: wrong }).catch(
    (error: Error) => (message = error.message),
  );
  assert.match(
    message,
    new RegExp(
      "^runMutations: expected flatten to pass the gradient check as it is, got dX, " +
        "relative error \\d",
    ),
  );
});

test.run();

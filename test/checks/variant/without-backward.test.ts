import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { plantMutations, withoutBackward } from "leibniz/checks";
import { catalog, layerFile } from "leibniz/gradcheck";

const compiled = (layer: string): string =>
  readFileSync(new URL(import.meta.resolve(`leibniz/backprop/${layerFile(layer)}`)), "utf8");

test("all that a forward pass may depend on stays, and what leads back does not", () => {
  const forward = "export async function gainForward(x) {\n    return gain(x);\n}\n";
  const helper = "function gain(x) {\n    return x;\n}\n";
  const backward =
    "export async function gainBackward(dOut, { x },\n    backend) {\n" +
    "    if (x) {\n    }\n    return { dX: dOut };\n}\n";
  const map = "//# sourceMappingURL=data:application/json;base64,AAAA\n";
  assert.is(withoutBackward(`${forward}${backward}${helper}${map}`), forward + helper);
});

test("every layer's forward pass stays, and no mutation of a backward pass is seen", () => {
  for (const { layer } of catalog) {
    const text = compiled(layer);
    const left = withoutBackward(text);
    assert.not.match(left, /^(?:export )?(?:async )?function \w+Backward\b/m);
    for (const [, name] of text.matchAll(/^(?:export )?(?:async )?function (\w+)/gm))
      if (!name!.endsWith("Backward")) assert.ok(left.includes(`function ${name}(`), name);
    // those of a slope that is computed on the way forward are
    for (const { what, text: mutated } of plantMutations(text))
      if (/^\w+Backward: /.test(what) && !mutated.includes("moved("))
        assert.is(withoutBackward(mutated), left, what);
  }
});

test.run();

/** The page of letters, put together from the chapters. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { firstUses, lettersText } from "../../site/build/letters.mjs";
import { root } from "../helpers/cli.js";

const test = suite("site: letters");

const ONE = "# One\n\n$$\nx = 3\n$$\n\nText.\n\n$$\n\\mathrm{dOut} = \\eta x\n\\tag{one.1}\n$$\n";
const TWO = "# Two\n\n$$\nK = \\mathrm{dOut} \\cdot x\n\\tag{two.1}\n$$\n";

test("a name is first used by an equation with a tag, in reading order", () => {
  const first = firstUses([{ text: ONE }, { text: TWO }]);
  assert.is(first(["dOut"]), "(one.1)");
  assert.is(first(["η"]), "(one.1)");
  assert.is(first(["K"]), "(two.1)");
  assert.is(first(["nothing", "K"]), "(two.1)");
  assert.is(first(["nothing"]), "");
});

test("the page has the letters of the notation, of the layers and of single chapters", () => {
  const chapters = ["notation", "affine", "conv2d", "optimizers"].map((name) => {
    const text = readFileSync(join(root, "derivations", `${name}.md`), "utf8");
    return { name, title: name, text };
  });
  const page = lettersText(chapters);
  assert.match(
    page,
    /^\| N \| images, or rows, of a batch \| n \| the batch \| \(optimizers\.8\) \|$/m,
  );
  assert.match(
    page,
    /^\| strideH \| rows from one window to the next below \| \(conv2d\.1d\) \|$/m,
  );
  assert.match(page, /^\| `weight` \| .+ \| \[O, I\] \| affine \| \(affine\.\d+\) \|$/m);
  assert.match(page, /^\| `weight` \| the filters \| \[K, C\/G, kH, kW\] \| conv2d \| \(conv2d\./m);
  assert.match(page, /^\| `dWeight` \| the gradient with respect to weight \| that of weight \|/m);
  assert.match(page, /^\| sign \| says \|$/m);
  assert.match(
    page,
    /^## optimizers\n[\s\S]*^\| η \| learning rate \|.*\| \(optimizers\.\d+\) \|$/m,
  );
});

test.run();

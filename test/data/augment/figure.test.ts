/** The chapter's picture shows what the code does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../../helpers/cli.js";

test("derivations/figures/augmentation.svg is what its program draws", async () => {
  const figures = join(root, "derivations/figures");
  const program = pathToFileURL(join(figures, "augmentation.mjs")).href;
  const { draw } = (await import(program)) as { draw: () => Promise<string> };
  const drawn = await draw();
  assert.is(drawn.match(/<text /g)?.length, 8);
  assert.ok(
    drawn === readFileSync(join(figures, "augmentation.svg"), "utf8"),
    "draw it anew: node derivations/figures/augmentation.mjs",
  );
});

test.run();

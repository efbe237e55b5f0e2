/** A sample of what `node .test-build/fuzz/run.js` does. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fuzz } from "./fuzz.js";
import { readers } from "./readers.js";

for (const reader of readers)
  test(`${reader.name}: right files are taken, spoiled ones refused in a line`, async () => {
    for (const bytes of reader.examples) await reader.read(bytes);
    const { taken, refused } = await fuzz(reader, 150);
    assert.ok(taken > 0 && refused > 0, `${taken} taken, ${refused} refused`);
  });

test.run();

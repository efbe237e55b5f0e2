import { test } from "uvu";
import * as assert from "uvu/assert";
import { label } from "leibniz/figures";

test("a label without options is ink, from its place on", () => {
  assert.is(label([10, 20], "η"), '<text x="10" y="20">η</text>');
});

test("a halo keeps a label readable on lines, in whatever colour it is", () => {
  assert.match(label([0, 0], "η", { halo: true }), /class="halo"/);
  assert.match(label([0, 0], "η", { halo: true, series: 2 }), /class="s2 fill halo"/);
  assert.match(label([0, 0], "η", { halo: true, soft: true }), /class="soft halo"/);
});

test.run();

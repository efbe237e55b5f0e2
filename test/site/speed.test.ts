/** What makes the pages fast, and what measures it. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { partStyles, withSizes } from "../../site/build/part-sizes.mjs";
import { medians } from "../browser/site/speed.js";
import { sharesOf, type TraceEvent } from "../browser/site/trace.js";

const test = suite("site: speed");

const part = (content: string): string => `<section class="part" id="a">${content}</section>`;

function stepOf(content: string): number {
  const [, id, step] = /^<section class="part" id="(\w+)" data-tall="(\d+)">/.exec(
    withSizes(part(content)),
  )!;
  assert.is(id, "a");
  return Number(step);
}

test("a part says how tall it will be, by its letters and pictures, without what is folded", () => {
  const words = `<p>${"word ".repeat(400)}</p>`;
  const short = stepOf("<h2>A</h2>");
  assert.ok(stepOf(words) > short);
  assert.is(stepOf(`${words}<details><summary>Code</summary>${words}</details>`), stepOf(words));
  assert.ok(stepOf('<img src="a.svg" width="400" height="900">') > short);
  assert.is(stepOf(words.repeat(10_000)), 26);
});

test("every part of a page has its own height, and each step its style", () => {
  const html = withSizes(part("<p>a</p>") + part(`<p>${"word ".repeat(4000)}</p>`));
  const steps = [...html.matchAll(/data-tall="(\d+)"/g)].map(([, step]) => Number(step));
  assert.is(steps.length, 2);
  assert.ok(steps[0]! < steps[1]!);
  const height = (step: number): number =>
    Number(new RegExp(`\\[data-tall="${step}"\\]\\{--tall:(\\d+)rem\\}`).exec(partStyles())![1]);
  assert.is(height(10), 14);
  assert.is(height(26), 917);
});

test("what a script makes the browser lay out is layout; a detail is part of its event", () => {
  const event = (name: string, ts: number, dur: number, tid = 1): TraceEvent => ({
    ...{ name, ph: "X", pid: 7, tid, ts: ts * 1000, dur: dur * 1000, tdur: dur * 500 },
  });
  const shares = sharesOf([
    event("RunTask", 0, 100),
    event("Layout", 20, 30),
    event("FunctionCall", 10, 60),
    event("a detail", 30, 10),
    event("RunTask", 200, 10),
    event("ParseHTML", 202, 4),
    event("Layout", 0, 1000, 2), // another thread
    { ...event("Paint", 0, 1000), ph: "B" },
  ]);
  const expected = { script: 15, parse: 2, style: 0, layout: 15, paint: 0, all: 55 };
  assert.equal(shares, expected);
});

test("medians: each figure has its own", () => {
  const runs = [
    { a: 3, b: 1 },
    { a: 1, b: 30 },
    { a: 2, b: 2 },
  ];
  assert.equal(medians(runs), { a: 2, b: 2 });
});

test.run();

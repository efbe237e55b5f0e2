/** Values as messages show them. */
import { relu } from "leibniz/network";
import { awaitHint, shown, whatIs } from "leibniz/tensor";
import { accuracy, Adam } from "leibniz/training";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { engine, network } from "../helpers/front-door.js";

const test = suite("what a value is");

class Own {}

test("values are named with their article, and in one short line", () => {
  for (const [value, words] of [
    [null, "null"],
    [undefined, "undefined"],
    ["adam", '"adam"'],
    [3n, "3n"],
    [[], "an empty array"],
    [[1], "an array"],
    [{}, "an empty object"],
    [{ a: 1, b: 2 }, "an object with a, b"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, "an object with a, b, c, d, …"],
    [new Map(), "a Map"],
    [new Uint8Array(), "a Uint8Array"],
    [new Adam(network().parameters), "an Adam"],
    [engine, "an Engine"],
    [accuracy, "the function accuracy"],
    [Own, "the class Own"],
    [() => 3, "a function"],
    [class {}, "a class"],
    [Object.create(null), "an empty object"],
  ] as const)
    assert.is(whatIs(value), words);
  assert.is(shown({ a: [engine, relu, "b"] }), '{a: [an Engine,the function relu,"b"]}');
  assert.is(whatIs("x".repeat(99)).length, 61);
  assert.is(whatIs({ ["x".repeat(99)]: 1 }).length, 61);
  const itself: { own?: unknown; list: unknown[] } = { list: Array.from({ length: 1e6 }, () => 1) };
  itself.own = itself;
  assert.match(shown(itself), /^\{list: \[1,1,.*…$/);
  itself.list = [itself];
  assert.match(shown(itself), /^\{list: \[\{list: \[\{list: …, own: …\}\].*…$/);
});

test("what throws when it is looked at, or holds itself many times, has words too", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const throwing = new Proxy({ a: 1 }, { get: () => assert.unreachable() });
  for (const value of [proxy, throwing]) assert.is(shown(value), "something that cannot be read");
  assert.is(whatIs(proxy), "something that cannot be read");
  assert.is(whatIs(throwing), "an object with a");
  assert.is(awaitHint(throwing), undefined);
  assert.is(whatIs({ __proto__: { constructor: { name: Symbol("a") } } }), "an object");
  const list: unknown[] = [];
  for (let i = 0; i < 40; i++) list.push(list); // 40⁵ ways down
  const started = performance.now();
  assert.match(shown(list), /^\[{5}…,/);
  assert.ok(performance.now() - started < 1000);
});

test("what is cut short ends with a whole character", () => {
  assert.is(whatIs("x".repeat(58) + "😀"), `"${"x".repeat(58)}…`);
});

test.run();

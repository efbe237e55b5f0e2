/** What chapters draw: squares with numbers, blocks, graphs, surfaces. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  arrow,
  cellCentre,
  cells,
  cellsExtent,
  contours,
  diagram,
  graph,
  label,
  onSlab,
  onSurface,
  slab,
} from "leibniz/figures";
import { elementsOf, type Node, parseMarkup, textOf } from "../helpers/markup.js";
import { names } from "./random-figures.js";

const words = { title: "squares", description: "squares with numbers" };
const drawn = (...content: string[]): Node =>
  parseMarkup(diagram({ ...words, width: 400, height: 300, content }));
const textsOf = (node: Node): string[] => elementsOf(node, "text").map(textOf);
const classesOf = (node: Node, name: string): string[] =>
  elementsOf(node, name).map(({ attributes }) => attributes["class"] ?? "");
/** The numbers of a path that has only places in it. */
const placesOf = (path: Node): number[][] =>
  path.attributes["d"]!.split(/[MLQz]/)
    .filter((place) => place !== "")
    .flatMap((place) => place.split(" ").map(Number))
    .reduce<number[][]>((all, at, i) => {
      if (i % 2 === 0) all.push([at]);
      else all.at(-1)!.push(at);
      return all;
    }, []);

test("any numbers and names make well-formed shapes, without anything that runs", () => {
  const values = fc.array(
    fc.array(fc.oneof(fc.double(), names, fc.constant(null)), { maxLength: 4 }),
    { maxLength: 4 },
  );
  const place = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 300 }));
  const kind = fc.constantFrom("plain" as const, "signed" as const, "amount" as const);
  fc.assert(
    fc.property(values, names, place, place, kind, (grid, name, a, b, kind) => {
      const figure = drawn(
        cells({ at: a, values: grid, title: name, kind, padding: [1, 1] }),
        slab({ at: b, front: [40, 30], depth: 20, series: 1, sheets: 3, caption: name }),
        graph({
          nodes: [
            { id: "a", at: a, text: name },
            { id: "b", at: b, text: name, kind: "operation" },
          ],
          edges: [{ from: "a", to: "b", forward: name, backward: name, bend: 9 }],
        }),
        arrow(a, b, { bend: -20, series: 2 }),
        label(a, name, { italic: true, anchor: "end" }),
      );
      for (const forbidden of ["script", "a", "foreignObject"])
        assert.is(elementsOf(figure, forbidden).length, 0);
      for (const path of elementsOf(figure, "path"))
        assert.not.match(path.attributes["d"]!, /NaN|Infinity/);
    }),
    { numRuns: 100 },
  );
});

test("squares hold their numbers, wide ones in a smaller font, and padding is dashed", () => {
  const values = [
    [0, 0, 0, 0],
    [0, 1, -12345.678, 0],
    [0, null, "w", 0],
    [0, 0, 0, 0],
  ];
  const options = { at: [10, 20], values, size: 30, padding: [1, 1] } as const;
  const figure = drawn(cells(options));
  assert.equal(
    textsOf(figure).filter((text) => text !== "0"),
    ["1", "−12,300", "w"],
  );
  const long = elementsOf(figure, "text").find((text) => textOf(text) === "−12,300")!;
  assert.match(long.attributes["style"]!, /font-size:[4-8]px/);
  const dashed = elementsOf(figure, "rect").filter((r) => "stroke-dasharray" in r.attributes);
  assert.is(dashed.length, 12);
  assert.equal(cellsExtent(options), [120, 120]);
  assert.equal(cellCentre(options, 1, 2), [85, 65]);
});

test("signed squares are orange above 0 and blue below, and 0 has no colour", () => {
  const shades = (values: number[], kind: "signed" | "amount"): string[] =>
    classesOf(drawn(cells({ at: [0, 0], values: [values], kind })), "rect").filter((name) =>
      /^(right|wrong)/.test(name),
    );
  assert.equal(shades([-2, 0, 1, 2], "signed"), ["right4", "wrong2", "wrong4"]);
  assert.equal(shades([-2, 0, 1, 2], "amount"), ["right4", "right2", "right4"]);
  assert.equal(shades([Number.NaN, 0], "signed"), []);
});

test("a window lies around its squares", () => {
  const window = { row: 1, column: 2, size: [2, 3], series: 4, filled: true } as const;
  const figure = drawn(cells({ at: [5, 7], values: [[1]], size: 10, windows: [window] }));
  const { attributes } = elementsOf(figure, "rect").find(
    (r) => r.attributes["class"] === "s4 line",
  )!;
  const { x, y, width, height } = attributes;
  assert.equal([x, y, width, height], ["25", "17", "30", "20"]);
});

test("an arrow begins and ends where it is told, straight or bent, with or without a head", () => {
  const paths = (svg: string): Node[] => elementsOf(drawn(svg), "path");
  const [line, head] = paths(arrow([10, 20], [110, 20])) as [Node, Node];
  assert.equal(placesOf(line), [
    [10, 20],
    [103, 20],
  ]);
  assert.equal(placesOf(head), [
    [110, 20],
    [103, 23.5],
    [103, 16.5],
  ]);
  const [bare, ...others] = paths(arrow([0, 0], [100, 0], { bend: 10, headless: true }));
  assert.equal(
    [placesOf(bare!), others],
    [
      [
        [0, 0],
        [50, 20],
        [100, 0],
      ],
      [],
    ],
  );
});

test("a graph's edges end at its boxes, with numbers above and gradients below", () => {
  const figure = drawn(
    graph({
      nodes: [
        { id: "x", at: [20, 50], text: "x" },
        { id: "f", at: [200, 50], text: "f", kind: "operation" },
      ],
      edges: [{ from: "x", to: "f", forward: "3", backward: "−2" }],
    }),
  );
  const [line] = elementsOf(figure, "path");
  const [from, to] = placesOf(line!) as [number[], number[]];
  const box = elementsOf(figure, "rect").find(
    (r) => r.attributes["class"] === "ground" && "rx" in r.attributes,
  )!;
  assert.ok(from[0]! > 20 && from[1] === 50 && to[0]! < Number(box.attributes["x"]));
  const [forward, backward] = ["3", "−2"].map(
    (text) => elementsOf(figure, "text").find((node) => textOf(node) === text)!.attributes,
  ) as [Record<string, string>, Record<string, string>];
  assert.ok(Number(forward["y"]) < 50 && Number(backward["y"]) > 50);
  assert.match(forward["class"]!, /s0/);
  assert.match(backward["class"]!, /s1/);
  assert.throws(
    () => graph({ nodes: [], edges: [{ from: "a", to: "b" }] }),
    /^graph: expected a node called a, got none$/,
  );
});

test("a graph with two nodes in one place has an edge without length, and no NaN", () => {
  const node = { at: [20, 30], text: "a" } as const;
  const nodes = [
    { ...node, id: "a" },
    { ...node, id: "b" },
  ];
  assert.not.match(graph({ nodes, edges: [{ from: "a", to: "b", forward: "1" }] }), /NaN/);
});

test("contour lines are where the surface has their height", () => {
  const surface = (x: number, y: number): number => x * x + 4 * y * y;
  const options = { at: [10, 10], size: [300, 200], surface, levels: [1, 2] } as const;
  const range = { x: [-2, 2], y: [-1, 1] } as const;
  const figure = drawn(contours({ ...options, ...range, paths: [] }));
  const lines = elementsOf(figure, "path");
  assert.is(lines.length, 2);
  lines.forEach((line, l) => {
    const places = placesOf(line);
    assert.ok(places.length > 50);
    for (const [h, v] of places) {
      const [x, y] = [((h! - 10) / 300) * 4 - 2, 1 - ((v! - 10) / 200) * 2];
      assert.ok(Math.abs(surface(x, y) - (l + 1)) < 0.02, `${x}, ${y}`);
    }
  });
  assert.equal(onSurface({ ...options, ...range }, -2, 1), [10, 10]);
  assert.equal(onSurface({ ...options, ...range }, 2, -1), [310, 210]);
  assert.throws(
    () => contours({ ...options, x: [2, -2], y: [-1, 1] }),
    /^contours: expected ranges from a lower to a higher number, got 2,-2 and -1,1$/,
  );
});

test("a slab goes back to the right and upwards", () => {
  const options = { at: [10, 100], front: [40, 30], depth: 20, series: 0 } as const;
  assert.equal(onSlab(options, 0, 0), [10, 100]);
  assert.equal(onSlab(options, 1, 1), [50, 130]);
  assert.equal(onSlab(options, 1, 0, 1), [62, 88]);
});

test("a diagram without words or height is refused", () => {
  const refused =
    (options: object): (() => unknown) =>
    () =>
      diagram({ ...words, height: 10, content: [], ...options });
  assert.throws(refused({ title: " " }), /^diagram: expected a title in words, got none$/);
  assert.throws(refused({ height: 0 }), /^diagram: expected a height above 0 pixels, got 0$/);
  assert.throws(
    refused({ width: 100 }),
    /^diagram: expected a width from 200 to 4000 pixels, got 100$/,
  );
});

test.run();

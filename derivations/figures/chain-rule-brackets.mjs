/** One product of three Jacobians, computed from either end, and what each order costs. */
import { diagram, element, label } from "leibniz/figures";
import { affine, buildNetwork, flatten } from "leibniz/network";

export const breaks = {
  file: "src/backprop/affine.ts",
  find: "return [x[0]!, this.weight.value.shape[0]!];",
  replace: "return [x[0]!, this.weight.value.shape[1]!];",
};

const INPUT = [1, 28, 28];
const [LEFT, RIGHT] = [16, 404];
/** The length of a side in the drawing: the area of a matrix is how many numbers it has. */
const side = (numbers) => 3 * Math.sqrt(numbers);

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const network = buildNetwork({
    input: INPUT,
    layers: {
      flatten: flatten(),
      affine1: affine({ outFeatures: 100 }),
      affine2: affine({ outFeatures: 10 }),
      affine3: affine({ outFeatures: 1 }),
    },
  });
  const [first, second, third, loss] = network
    .outputShapes([1, ...INPUT])
    .map((shape) => shape.at(-1));
  const J1 = matrix("J₁ᵀ", first, second, 0);
  const J2 = matrix("J₂ᵀ", second, third, 2);
  const J3 = matrix("J₃ᵀ", third, loss, 1);
  const fromRight = steps([
    [J2, J3],
    [J1, null],
  ]);
  const fromLeft = steps([
    [J1, J2],
    [null, J3],
  ]);
  const content = [];
  let top = 8;
  for (const [title, done] of [
    ["from the right: J₁ᵀ · (J₂ᵀ · J₃ᵀ)", fromRight],
    ["from the left: (J₁ᵀ · J₂ᵀ) · J₃ᵀ", fromLeft],
  ]) {
    content.push(label([LEFT, top + 14], title));
    top += 30;
    for (const step of done) {
      const height = Math.max(...step.factors.map(({ rows }) => side(rows)));
      content.push(...drawn(step, top + height / 2));
      top += height + 46;
    }
    const total = done.reduce((sum, { cost }) => sum + cost, 0);
    content.push(
      label([RIGHT, top - 12], `together ${count(total)} multiplications`, {
        anchor: "end",
        series: 1,
      }),
    );
    top += 22;
  }
  return diagram({
    title: "The same product from the right and from the left",
    description:
      `Jacobians of ${first} × ${second}, ${second} × ${third} and ${third} × ${loss}. From the ` +
      "right every step is a matrix times one column. From the left the first step is a matrix " +
      "times a matrix, which costs ten times as much.",
    width: 420,
    height: top - 16,
    content,
  });
}

const matrix = (name, rows, columns, series) => ({ name, rows, columns, series });

/** Products one after the other; null is the result of the one before. */
function steps(products) {
  const done = [];
  for (const pair of products) {
    const [a, b] = pair.map((factor) => factor ?? done.at(-1).result);
    const result = matrix("", a.rows, b.columns, 5);
    done.push({ factors: [a, b], result, cost: a.rows * a.columns * b.columns });
  }
  return done;
}

/** Two factors, their product, and what it cost, around one height. */
function drawn({ factors: [a, b], result, cost }, middle) {
  const [first, second, third] = [56, 168, 262];
  return [
    ...block(a, first, middle),
    label([104, middle + 5], "·", { anchor: "middle" }),
    ...block(b, second, middle),
    label([216, middle + 5], "=", { anchor: "middle" }),
    ...block(result, third, middle),
    label([RIGHT, middle + 5], count(cost), { anchor: "end", series: 1 }),
  ];
}

function block({ name, rows, columns, series }, x, middle) {
  const [width, height] = [side(columns), side(rows)];
  const place = { x: x - width / 2, y: middle - height / 2, width, height };
  return [
    element("rect", { class: `s${series} band`, ...place }),
    element("rect", { class: `s${series} line thin`, ...place }),
    label([x, middle + height / 2 + 15], `${rows} × ${columns}`, {
      anchor: "middle",
      size: 12,
      soft: true,
    }),
    width < 24
      ? label([x - width / 2 - 5, middle + 4], name, { anchor: "end", size: 13 })
      : label([x, middle + 4], name, { anchor: "middle", size: 13 }),
  ];
}

const count = (number) => number.toLocaleString("en-US");

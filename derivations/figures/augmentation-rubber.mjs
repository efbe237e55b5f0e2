/** Where an elastic distortion takes the pixels from: a net that is pulled, or folds over. */
import { SmoothNoise } from "leibniz/data";
import { diagram, element, formatNumber, formatPercent, label } from "leibniz/figures";
import { Random } from "leibniz/tensor";

export const breaks = {
  file: "src/data/augment/smooth-noise.ts",
  find: "const ratio = distance / sigma;",
  replace: "const ratio = (2 * distance) / sigma;",
};

const [SIDE, SMOOTHNESS] = [28, 4];
/** Of a square that lies upside down. */
const FAINT = 0.5;
/** Of a pixel in the drawing, and from one line of the net to the next, in pixels of the image. */
const [UNIT, EVERY] = [4.8, 3];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const panels = [34, 102].map((strength, s) => panel(strength, [36 + 204 * s, 56]));
  return diagram({
    title: "A net on rubber",
    description:
      "Two nets of 28 by 28 points, displaced by the same smooth noise. At the usual strength the " +
      "net is pulled here and there; at three times the strength it folds over in places.",
    width: 400,
    height: 264,
    content: [
      ...panels.map(({ content }) => content),
      element("rect", { class: "s1 fill", opacity: FAINT, x: 36, y: 244, width: 12, height: 12 }),
      label([54, 254], "folded over", { size: 13 }),
    ],
  });
}

function panel(strength, [left, top]) {
  const noise = new SmoothNoise(SIDE, SIDE, SMOOTHNESS);
  const random = new Random("rubber");
  const [rows, columns] = [new Float64Array(SIDE * SIDE), new Float64Array(SIDE * SIDE)];
  noise.draw(random, strength, rows);
  noise.draw(random, strength, columns);
  const place = (h, w) => [
    left + UNIT * (w + columns[h * SIDE + w]),
    top + UNIT * (h + rows[h * SIDE + w]),
  ];
  const text = (at) => at.map((number) => Number(number.toFixed(1))).join(" ");
  let [net, folds, count] = ["", "", 0];
  for (let i = 0; i < SIDE; i += EVERY) {
    const [across, down] = [[], []];
    for (let j = 0; j < SIDE; j++) {
      across.push(text(place(i, j)));
      down.push(text(place(j, i)));
    }
    net += `M${across.join("L")}M${down.join("L")}`;
  }
  for (let h = 0; h + 1 < SIDE; h++)
    for (let w = 0; w + 1 < SIDE; w++) {
      const corners = [place(h, w), place(h, w + 1), place(h + 1, w + 1), place(h + 1, w)];
      if (area(corners) > 0) continue;
      count++;
      folds += `M${corners.map(text).join("L")}z`;
    }
  const middle = left + (UNIT * (SIDE - 1)) / 2;
  const share = count / (SIDE - 1) ** 2;
  return {
    content: [
      label([middle, 18], `α = ${formatNumber(strength)}, σ = ${SMOOTHNESS}`, { anchor: "middle" }),
      element("path", { class: "guide line thin faint", d: net }),
      folds === "" ? "" : element("path", { class: "s1 fill", d: folds, opacity: FAINT }),
      label([middle, 228], `${formatPercent(share, 2)} folded`, { anchor: "middle", size: 13 }),
    ].join(""),
  };
}

/** Of a square of the net; below 0 where it lies upside down. */
function area(corners) {
  return corners.reduce((sum, [x, y], c) => {
    const [nextX, nextY] = corners[(c + 1) % corners.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

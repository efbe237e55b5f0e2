/** The roofline of one and of two threads, with the products of the notes' network below it. */
import { productIntensity, roofline } from "leibniz/bench";
import { lineChart } from "leibniz/figures";

export const breaks = {
  file: "src/bench/matmul.ts",
  find: "(2 * M * K * N)",
  replace: "(M * K * N)",
};

/** GFLOP/s of a thread, and GB/s that all threads share. */
const [CEILING, BANDWIDTH] = [50, 30];
const PRODUCTS = [
  ["conv1", [173056, 9, 16]],
  ["conv2", [30976, 144, 32]],
  ["affine1", [256, 800, 120]],
];
/** A rectifier's: one operation for 8 bytes. */
const RECTIFIER = 1 / 8;

/** @returns {Promise<string>} */
export default async function draw() {
  const roof = (threads) => (intensity) => roofline(intensity, threads * CEILING, BANDWIDTH);
  const from = 0.05;
  const ridge = (threads) => (threads * CEILING) / BANDWIDTH;
  const lineOf = (threads) => [from, ridge(threads), 100].map((at) => [at, roof(threads)(at)]);
  const dots = [
    ["relu", RECTIFIER],
    ...PRODUCTS.map(([name, shape]) => [name, productIntensity(shape)]),
  ];
  const marks = dots.map(([name, at]) => [at, roof(2)(at), name]);
  return lineChart({
    title: "Roofline: what a machine can do, over operations for each byte",
    description:
      "Two lines rise together from the left and become flat, one thread's at 50 GFLOP/s and two " +
      "threads' at 100. The rectifier is far down the slope. conv1 is on the slope of two threads, " +
      "conv2 and affine1 are under the flat roof.",
    width: 400,
    height: 220,
    x: { label: "operations for each byte (intensity)", scale: "log", domain: [from, 100] },
    y: { label: "GFLOP/s at most", scale: "log", domain: [1, 200] },
    series: [
      { name: "two threads", points: lineOf(2) },
      { name: "one thread", points: lineOf(1) },
      ...marks.map((mark) => ({
        name: `${mark[2]}: ${mark[0].toPrecision(2)} a byte`,
        dots: [mark],
      })),
    ],
  });
}

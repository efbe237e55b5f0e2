/** Down to which step the entries of the notes' network are measured, until no choice flips. */
import { drawSubset, loadMnist, makeBatch } from "leibniz/data";
import { matrixChart } from "leibniz/figures";
import { checkNetwork } from "leibniz/gradcheck";
import { initialise, notebookNetwork, pytorchDefault } from "leibniz/network";
import { add, Random } from "leibniz/tensor";

export const breaks = {
  file: "src/gradcheck/check-network.ts",
  find: "smallestStep: 1e-6",
  replace: "smallestStep: 1e-3",
};

const ENTRIES = 10;
const STEPS = [1e-3, 1e-4, 1e-5, 1e-6];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const random = new Random("flips");
  const network = notebookNetwork({ dtype: "float64" });
  initialise(network, random.split("weights"), pytorchDefault);
  const { test } = await loadMnist();
  const { x, labels } = makeBatch(test, drawSubset(test.images.count, 1, random.split("images")));
  const noise = random.split("noise").uniform(x.shape, 0, 0.05, "float64");
  const images = add(x.astype("float64"), noise);
  const results = await checkNetwork(network, images, labels, { random, entries: ENTRIES });
  const steps = (checks, wanted) =>
    checks.filter(
      ({ step, verdict }) => verdict !== "kink" && Math.abs(Math.log10(step / wanted)) < 0.5,
    ).length;
  const values = results.map(({ checks }) => [
    ...STEPS.map((step) => steps(checks, step)),
    checks.filter(({ verdict }) => verdict === "kink").length,
  ]);
  return matrixChart({
    title: "The step that each entry needs",
    description:
      "All entries of the affine layers are measured with the first step; of the convolutions and " +
      "of the images some need a tenth of it, and a few a hundredth.",
    width: 400,
    rows: { label: `${ENTRIES} entries each of`, names: results.map(({ argument }) => argument) },
    columns: {
      label: "step with which no choice flips",
      names: ["10⁻³", "10⁻⁴", "10⁻⁵", "10⁻⁶", "kink"],
    },
    values,
    kind: "amount",
    format: (value) => (value === 0 ? "" : String(value)),
  });
}

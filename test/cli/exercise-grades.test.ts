/** What a line says of a geometry. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatGrade } from "../../dist/cli/exercise-grades.js";

test("options that are tensors are shown as their numbers", () => {
  const running = { shape: [3], data: [-0.1634, 0.349, 0.02778] };
  const text = formatGrade(
    {
      gradient: "dX",
      isRight: false,
      problem: null,
      diagnosis: "ε is missing in ρ (normalisation.3)",
      cases: 23,
      wrong: 20,
      stops: 0,
      problemOptions: null,
      shown: {
        options: { mode: "train", runningMean: running, kernelSize: [2, 3] },
        shape: [2, 3, 4, 5],
        index: [0, 1, 0, 4],
        yours: -0.09461,
        right: -0.09458,
        relativeError: 1e-4,
      },
    },
    "nothing",
  );
  assert.is(
    text.split("\n").at(-1)!.trim(),
    'with mode "train"  runningMean [-0.163,0.349,0.0278]  kernelSize [2,3]',
  );
});

test.run();

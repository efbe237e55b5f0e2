/** What training prints of each epoch, and at its end. */
import type { EpochResult, Recipe } from "../training/index.js";
import { formatSeconds } from "./progress.js";
import { printText, widthOf } from "./terminal.js";

/**
 * An epoch as one line where it fits into one, the same in fewer words where that does, and else a
 * line for each set of images. For the notebook recipe, the notes' own line.
 *
 * @param width how many columns a line may have
 */
export function formatEpoch(
  recipe: Pick<Recipe, "name">,
  result: EpochResult,
  epochs: number,
  width = widthOf(process.stdout),
): string {
  if (recipe.name === "notebook") return formatNotesEpoch(result, width);
  const { epoch, trainAccuracy, testAccuracy, trainSeconds, imagesPerSecond } = result;
  const name = `epoch ${epoch + 1}/${epochs}`;
  const [trainLoss, testLoss] = [result.trainLoss.toFixed(4), result.testLoss.toFixed(4)];
  const [train, test] = [trainAccuracy.toFixed(4), testAccuracy.toFixed(4)];
  const time = formatSeconds(trainSeconds);
  const speed = `${time} at ${Math.round(imagesPerSecond)} images/s`;
  const long =
    `${name}  train loss ${trainLoss}  accuracy ${train}  ` +
    `test loss ${testLoss}  accuracy ${test}  ${speed}`;
  const short =
    `${name}  train loss ${trainLoss} acc ${train}  ` +
    `test loss ${testLoss} acc ${test}  ${time}`;
  if (long.length <= width) return long;
  if (short.length <= width) return short;
  return [
    `${name}  ${speed}`,
    `  train loss ${trainLoss}  accuracy ${train}`,
    `  test loss  ${testLoss}  accuracy ${test}`,
  ].join("\n");
}

/** The notes print every digit of the accuracies; a narrow terminal shows four. */
function formatNotesEpoch(
  { epoch, trainLoss, trainAccuracy, testLoss, testAccuracy }: EpochResult,
  width: number,
): string {
  const parts = (digits: (accuracy: number) => string): string[] => [
    `Epoch: ${epoch}`,
    `Train Loss: ${trainLoss.toFixed(2)} Train Acc: ${digits(trainAccuracy)}`,
    `Test Loss: ${testLoss.toFixed(2)} Test Acc: ${digits(testAccuracy)}`,
  ];
  const [whole, short] = [parts(String), parts((accuracy) => accuracy.toFixed(4))];
  if (whole.join(" ").length <= width) return whole.join(" ");
  return short.join(" ").length <= width ? short.join(" ") : short.join("\n  ");
}

/** @param path the folder that the run was kept in, or null where it was kept nowhere */
export function printOutcome(last: EpochResult | null, path: string | null, seconds: number): void {
  const accuracy = last === null ? "" : `test accuracy ${last.testAccuracy.toFixed(4)} `;
  printText(`\n${accuracy}after ${formatSeconds(seconds)} min`);
  printText(
    path === null
      ? "nothing was kept: add --out DIR to keep the weights"
      : `weights, log and checkpoint are in ${path}\n` +
          // a name with spaces would need a shell's quotes
          `to follow a picture through it: leibniz show ${/\s/.test(path) ? "DIR" : path} 0`,
  );
}

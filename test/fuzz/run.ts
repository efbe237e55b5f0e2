/**
 * Spoiled files for every reader, as many as one likes:
 *
 *     npm run build && npx tsc -p tsconfig.test.json
 *     node .test-build/fuzz/run.js [INPUTS] [SEED] [READER…]
 *
 * INPUTS for each reader, 16,000 if left out. Prints how many of them were taken and refused, and
 * the slowest; stops at the first that ends in anything but a message for people, and shows it.
 */
import { fuzz } from "./fuzz.js";
import { readers } from "./readers.js";

const [inputs = "16000", seed = "1", ...names] = process.argv.slice(2);
let total = 0;
for (const reader of readers) {
  if (names.length > 0 && !names.includes(reader.name)) continue;
  const { taken, refused, slowestMs } = await fuzz(reader, Number(inputs), Number(seed));
  total += taken + refused;
  console.log(
    `${reader.name.padEnd(20)}${taken} taken, ${refused} refused, ` +
      `the slowest in ${slowestMs.toFixed(0)} ms`,
  );
}
console.log(`${total} inputs`);

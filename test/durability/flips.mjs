/**
 * Flipped bits in every region of a checkpoint: none is taken for what was written.
 *
 *     node test/durability/flips.mjs [BITS]     20,000 if left out
 */
import { affine, buildNetwork, relu } from "../../dist/network/index.js";
import { reference } from "../../dist/kernels/index.js";
import { Random } from "../../dist/tensor/index.js";
import { Adam, decodeCheckpoint, encodeCheckpoint } from "../../dist/training/index.js";
import { Tally } from "./common.mjs";

const [bits = 20_000] = process.argv.slice(2).map(Number);
const layers = { a: affine({ outFeatures: 8 }), relu: relu(), b: affine({ outFeatures: 3 }) };
const random = new Random(1);
const network = buildNetwork({ input: [20], layers }, { random });
const optimizer = new Adam(network.parameters);
for (const { parameter } of network.parameters)
  parameter.grad.data.set(random.normal(parameter.value.shape).data);
await optimizer.step(reference);
const bytes = encodeCheckpoint(network, optimizer, { epochs: 1, recipe: "default", seed: 0 });

const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
const weights = network.parameters.reduce((sum, { parameter }) => sum + parameter.value.size, 0);
const regions = {
  "length of the header": [0, 8],
  header: [8, headerEnd],
  weights: [headerEnd, headerEnd + 4 * weights],
  "first moments": [headerEnd + 4 * weights, headerEnd + 8 * weights],
  "second moments": [headerEnd + 8 * weights, bytes.length],
};
const tally = new Tally();
let n = 0;
for (let round = 0; n < bits; round++)
  for (const [region, [begin, end]] of Object.entries(regions)) {
    if (n++ >= bits) break;
    // each bit of a region in turn, and from the front again
    const bit = 8 * begin + ((round * 7919) % (8 * (end - begin)));
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    try {
      decodeCheckpoint(flipped, "c");
      tally.add(`${region}: ACCEPTED`, false);
    } catch (error) {
      tally.add(`${region}: ${error.name === "InputError" ? "refused" : error}`, true);
    }
  }
tally.print(`${bits} flipped bits, of ${8 * bytes.length}`);

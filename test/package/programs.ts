/** What the consumers of the packed package run. */

/** Trains on 500 digits, and tells the weights by their SHA-256. It runs in Node and in pages. */
const TRAIN = `import {
  adam, affine, conv2d, flatten, loadMnist, maxPool2d, open, relu, softmaxCrossEntropy,
} from "leibniz";
import { weightsSha256 } from "leibniz/network";

export async function trained(threads, folder) {
  const engine = await open({ seed: 0, threads });
  const network = engine.network(
    {
      conv: conv2d({ outChannels: 8, kernelSize: [3, 5], padding: [1, 2] }),
      relu: relu(),
      pool: maxPool2d({ kernelSize: 2 }),
      flatten: flatten(),
      classes: affine({ outFeatures: 10 }),
    },
    { input: [1, 28, 28] },
  );
  const [data] = (await loadMnist(folder)).train.split(500);
  const goal = { loss: softmaxCrossEntropy(), optimizer: adam(), epochs: 1, batchSize: 32 };
  for await (const event of engine.fit(network, { data, ...goal })) void event;
  const found = { threads: engine.backend.threads, sha256: await weightsSha256(network) };
  await engine.dispose();
  return found;
}
`;

/** Needs neither an answer to everything nor the types of a browser or of Node. */
const TYPES = [
  ["all", "leibniz"],
  ...(
    "tensor im2col kernels backprop network data gradcheck training statistics bench figures " +
    "report checks experiments cli"
  )
    .split(" ")
    .map((folder) => [folder, `leibniz/${folder}`]),
].map(([name, from]) => `export * as ${name} from "${from}";\n`);

export const programs: Readonly<Record<string, string>> = {
  "train.js": TRAIN,
  "in-node.js": `import { trained } from "./train.js";
console.log(JSON.stringify(await trained(Number(process.argv[2]))));
`,
  "page.js": `import { trained } from "./train.js";
const threads = Number(new URLSearchParams(location.search).get("threads"));
trained(threads, "/mnist").then(
  (found) => (globalThis.found = found),
  (error) => (globalThis.found = String(error)),
);
`,
  "types.ts": TYPES.join(""),
};

/** A page that loads one script. */
export const pageWith = (script: string): string =>
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>leibniz</title>' +
  `<script type="module" src="${script}"></script>\n`;

/** `tsc` as strict as it can be, and with no types but the language's own. */
export const TSC_OPTIONS = [
  ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"],
  ...["--target", "es2022", "--lib", "es2022"],
] as const;

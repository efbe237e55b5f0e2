/**
 * The engine of the home page: it brings a drawing into MNIST's form, as `leibniz predict` does,
 * and sends it through the network that the page was built with.
 */
import { asMnist } from "leibniz/data";
import { openHome } from "../../home/run.mjs";
import type { Answer, Drawn } from "./messages.js";

const say = (answer: Answer): void => globalThis.postMessage(answer);

/** The weights lie beside the page's other data. */
async function start(): Promise<ReturnType<typeof openHome>> {
  const answer = await fetch(new URL("../home/network.safetensors", globalThis.location.href));
  if (!answer.ok) throw new Error(`the network's weights: ${answer.statusText}`);
  return openHome(new Uint8Array(await answer.arrayBuffer()));
}

const started = start();

/** The drawing as a gray picture; one value all over is no drawing. */
function grayOf({ width, height, pixels }: Drawn): Uint8Array | null {
  const gray = new Uint8Array(width * height);
  for (let at = 0; at < gray.length; at++) gray[at] = pixels[4 * at + 3]!;
  return gray.some((value) => value > 0) ? gray : null;
}

globalThis.onmessage = async ({ data }: MessageEvent<Drawn>) => {
  try {
    const run = await started;
    const { width, height } = data;
    const gray = grayOf(data);
    if (gray === null) return say({ empty: true });
    const start = performance.now();
    const picture = { channels: 1, width, height, pixels: gray } as const;
    const { pixels } = asMnist(picture, 28, 28, "the drawing");
    const found = await run(pixels);
    return say({ run: found, ms: performance.now() - start });
  } catch (error) {
    return say({ failed: error instanceof Error ? error.message : String(error) });
  }
};

/**
 * What TensorFlow.js needs on its backend `wasm`: threads in Node, and backward passes. The backend
 * has no kernel for the gradient of a filter, and slow loops for the gradient of a convolution's
 * input and for products with a transposed matrix. Here the backward passes are put together from
 * what it does fast: convolutions, transpositions and plain products.
 */
import os from "node:os";
import { dirname } from "node:path";
import { createRequire } from "node:module";
import workerThreads from "node:worker_threads";
import tf from "@tensorflow/tfjs";
import { blobsBecomeFiles } from "./node-workers.mjs";

const require = createRequire(import.meta.url);

/** Loads the backend. Not before: it looks for its threads' programs while it is loaded. */
export async function prepare(threads) {
  if (threads > 1) allowThreads(threads);
  const wasm = require("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  if (threads > 1) {
    // switched off in Node, since a Blob is no file there
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", true);
    wasm.setThreadsCount(threads);
  }
  await tf.setBackend("wasm");
  if (wasm.getThreadsCount() !== threads)
    throw new Error(`tfjs-wasm: expected ${threads} threads, got ${wasm.getThreadsCount()}`);
}

function allowThreads(threads) {
  // the program is a function cut out of a bundle, whose names it still uses
  blobsBecomeFiles(
    `var require$$0 = require("fs"), require$$1 = require("path"), require$$3 = ` +
      `require("perf_hooks"), require$$4 = require("os"), commonjsGlobal = globalThis;\n`,
  );
  workerThreads.Worker = class extends workerThreads.Worker {
    postMessage(message, transfer) {
      super.postMessage(
        message.urlOrBlob?.path === undefined
          ? message
          : { ...message, urlOrBlob: message.urlOrBlob.path },
        transfer,
      );
    }
  };
  const [processor] = os.cpus();
  // it takes at most half of the processors
  os.cpus = () => Array.from({ length: 2 * threads }, () => processor);
}

/**
 * max(0, x ∗ filter + bias) for x [N, H, W, C], filter [3, 3, C, K]. `isFirst`: nobody asks for the
 * gradient of x.
 */
export function convolve(x, { filter, bias }, isFirst) {
  const run = tf.customGrad((...inputs) => {
    const save = inputs.pop();
    const [filter, bias, x = images] = inputs;
    const out = tf.fused.conv2d({ x, filter, bias, strides: 1, pad: "valid", activation: "relu" });
    save([out, x, filter]);
    const gradFunc = (dOut, [out, x, filter]) => {
      const dSum = tf.mul(dOut, tf.step(out));
      const gradients = [filterGradient(x, dSum), tf.sum(dSum, [0, 1, 2])];
      return isFirst ? gradients : [...gradients, inputGradient(dSum, filter)];
    };
    return { value: out, gradFunc };
  });
  const images = x;
  return isFirst ? run(filter, bias) : run(filter, bias, x);
}

/**
 * dFilter = x ∗ dSum with images and channels in each other's place:
 * [C, H, W, N] ∗ [outH, outW, N, K].
 */
function filterGradient(x, dSum) {
  return tf.transpose(
    tf.conv2d(tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dSum, [1, 2, 0, 3]), 1, "valid"),
    [1, 2, 0, 3],
  );
}

/** dX = dSum, padded by 2, ∗ the filter turned by 180°. */
function inputGradient(dSum, filter) {
  return tf.conv2d(
    tf.pad(dSum, [
      [0, 0],
      [2, 2],
      [2, 2],
      [0, 0],
    ]),
    tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]),
    1,
    "valid",
  );
}

/** x [N, I] · b [I, O] + bias, cut off at 0 if `activation` says so. */
export function affine(x, { b, bias }, activation) {
  return tf.customGrad((a, b, bias, save) => {
    const out = tf.fused.matMul({ a, b, bias, activation });
    save([a, b, out]);
    const gradFunc = (dOut, [a, b, out]) => {
      const dSum = activation === "relu" ? tf.mul(dOut, tf.step(out)) : dOut;
      return [tf.matMul(dSum, tf.transpose(b)), tf.matMul(tf.transpose(a), dSum), tf.sum(dSum, 0)];
    };
    return { value: out, gradFunc };
  })(x, b, bias);
}

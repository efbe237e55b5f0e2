/**
 * jax-js on its device `wasm`: `node jax-js.mjs THREADS`. Its own convolution is forty times slower
 * than its matrix product, so here a 3×3 convolution is written as products. Images have their
 * channels last, filters are [9, C, K].
 *
 * jax-js frees an array where it is used; `x.ref` is used instead where x is needed again.
 */
import {
  BATCH,
  channelsLast,
  channelsLastInputs,
  CLASSES,
  initialWeights,
  measure,
  transpose,
  versionOf,
} from "./common.mjs";
import { installWebWorkers } from "./node-workers.mjs";

const threads = Number(process.argv[2] ?? 1);
if (threads > 1) installWebWorkers(threads); // without workers it runs on the main thread
const {
  blockUntilReady,
  defaultDevice,
  jit,
  nn,
  numpy: np,
  valueAndGrad,
} = await import("@jax-js/jax");
defaultDevice("wasm");

const array = (values, shape) => np.array(values).reshape(shape);
const weights = await initialWeights();
let parameters = {
  conv1: array(channelsLast(weights["conv1.weight"], 16, 1), [9, 1, 16]),
  conv2: array(channelsLast(weights["conv2.weight"], 32, 16), [9, 16, 32]),
  affine1: array(transpose(channelsLastInputs(weights["affine1.weight"]), 120, 800), [800, 120]),
  affine2: array(transpose(weights["affine2.weight"], 10, 120), [120, 10]),
  bias1: np.array(weights["conv1.bias"]),
  bias2: np.array(weights["conv2.bias"]),
  bias3: np.array(weights["affine1.bias"]),
  bias4: np.array(weights["affine2.bias"]),
};
const map = (change, ...trees) =>
  Object.fromEntries(
    Object.keys(parameters).map((name) => [name, change(...trees.map((tree) => tree[name]))]),
  );
const keep = (tree) => map((value) => value.ref, tree);

/** What each of the nine places of the filter sees: 9 × [N, outH, outW, C]. */
function seen(x) {
  const [, H, W] = x.shape;
  const views = Array.from({ length: 9 }, (_, place) => [Math.floor(place / 3), place % 3]).map(
    ([i, j]) => x.ref.slice([], [i, i + H - 2], [j, j + W - 2], []),
  );
  x.dispose();
  return views;
}

/**
 * One product for each place: fastest where gradients are needed. x [N, H, W, C] and filter
 * [9, C, K] to [N, outH, outW, K].
 */
function nineProducts(x, filter) {
  const [N, H, W, C] = x.shape;
  const products = seen(x).map((view, place) =>
    np.matmul(view.reshape([N * (H - 2) * (W - 2), C]), filter.ref.slice(place)),
  );
  filter.dispose();
  return products.reduce((sum, product) => sum.add(product)).reshape([N, H - 2, W - 2, -1]);
}

/** All places side by side and one product: fastest for the forward pass alone. */
function oneProduct(x, filter) {
  const [N, H, W, C] = x.shape;
  const columns = np.stack(seen(x), 3).reshape([N * (H - 2) * (W - 2), 9 * C]);
  return np.matmul(columns, filter.reshape([9 * C, -1])).reshape([N, H - 2, W - 2, -1]);
}

function pool(x) {
  const [N, H, W, C] = x.shape;
  const [outH, outW] = [H >> 1, W >> 1];
  return np.max(
    x.slice([], [0, 2 * outH], [0, 2 * outW], []).reshape([N, outH, 2, outW, 2, C]),
    [2, 4],
  );
}

function forward(convolve, p, x) {
  x = pool(nn.relu(convolve(x, p.conv1).add(p.bias1)));
  x = pool(nn.relu(convolve(x, p.conv2).add(p.bias2)));
  x = nn.relu(np.matmul(x.reshape([-1, 800]), p.affine1).add(p.bias3));
  return np.matmul(x, p.affine2).add(p.bias4);
}

const loss = (p, x, oneHot) =>
  nn
    .logSoftmax(forward(nineProducts, p, x))
    .mul(oneHot)
    .sum()
    .mul(-1 / BATCH);

/** Loss, gradients and Adam as one compiled program. */
const step = jit((p, state, x, oneHot) => {
  const [value, gradients] = valueAndGrad(loss)(keep(p), x, oneHot);
  const t = state.t.add(1);
  const m = map((m, gradient) => m.mul(0.9).add(gradient.ref.mul(0.1)), state.m, gradients);
  const v = map(
    (v, gradient) => v.mul(0.999).add(np.square(gradient).mul(0.001)),
    state.v,
    gradients,
  );
  const [mShare, vShare] = [0.9, 0.999].map((beta) => np.subtract(1, np.power(beta, t.ref)));
  const updated = map(
    (value, m, v) =>
      value.sub(
        m.ref
          .div(mShare.ref)
          .mul(1e-3)
          .div(np.sqrt(v.ref.div(vShare.ref)).add(1e-8)),
      ),
    p,
    m,
    v,
  );
  mShare.dispose();
  vShare.dispose();
  return [updated, { m, v, t }, value];
});
const logits = jit((p, x) => forward(oneProduct, p, x));

const zeros = () => map((value) => np.zeros(value.shape), parameters);
let state = { m: zeros(), v: zeros(), t: np.array(0) };
const images = (pixels) => array(pixels.slice(), [BATCH, 28, 28, 1]);

await measure({
  about: { library: "jax-js", version: await versionOf("@jax-js/jax"), threads, optimizer: "Adam" },
  async trainBatch(pixels, labels) {
    const oneHot = new Float32Array(BATCH * CLASSES);
    labels.forEach((label, n) => (oneHot[n * CLASSES + label] = 1));
    const [updated, nextState, value] = step(
      parameters,
      state,
      images(pixels),
      array(oneHot, [BATCH, CLASSES]),
    );
    [parameters, state] = [updated, nextState];
    const [number] = await value.data();
    await blockUntilReady([parameters, state]);
    return number;
  },
  classify: (pixels) => logits(keep(parameters), images(pixels)).data(),
});
process.exit(); // its threads would go on

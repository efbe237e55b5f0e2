/**
 * Passes over flat arrays: the rectifier, sums, and the optimizers' updates. float32; positions in
 * bytes.
 */
import { read, splat, write } from "./lanes";

const ZERO = f32x4.splat(0);

/** `out = max(x, 0)`; NaN stays NaN. */
export function relu(count: i32, x: usize, out: usize): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, f32x4.max(v128.load(x), ZERO));
    x += 16; out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, max<f32>(load<f32>(x), 0));
    x += 4; out += 4;
  }
}

/** `dX = dOut` where x > 0, else 0. */
export function reluBackward(count: i32, dOut: usize, x: usize, dX: usize): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(dX, v128.and(v128.load(dOut), f32x4.gt(v128.load(x), ZERO)));
    dOut += 16; x += 16; dX += 16;
  }
  for (; i < count; i++) {
    store<f32>(dX, load<f32>(x) > 0 ? load<f32>(dOut) : 0);
    dOut += 4; x += 4; dX += 4;
  }
}

/**
 * Adds, to each of C sums in float64 at `totals`, the P entries of that channel of an image. With
 * argmax, x is what flows back out of a max pooling: of the P windows of a channel those count that
 * have a winner.
 */
export function sumPerChannel(C: i32, P: i32, x: usize, argmax: usize, totals: usize): void {
  if (argmax) return sumWinners(C, P, x, argmax, totals);
  if (P == 1) return sumRows(C, x, totals);
  for (let c = 0; c < C; c++) {
    let lanes = ZERO;
    let p = 0;
    for (; p + 4 <= P; p += 4) {
      lanes = f32x4.add(lanes, v128.load(x));
      x += 16;
    }
    let total: f64 =
      (<f64>f32x4.extract_lane(lanes, 0) + <f64>f32x4.extract_lane(lanes, 1)) +
      (<f64>f32x4.extract_lane(lanes, 2) + <f64>f32x4.extract_lane(lanes, 3));
    for (; p < P; p++) {
      total += <f64>load<f32>(x);
      x += 4;
    }
    const at = totals + (<usize>c << 3);
    store<f64>(at, load<f64>(at) + total);
  }
}

function sumWinners(C: i32, P: i32, x: usize, argmax: usize, totals: usize): void {
  for (let c = 0; c < C; c++) {
    let lanes = ZERO;
    let p = 0;
    for (; p + 4 <= P; p += 4) {
      const won = i32x4.ge_s(v128.load(argmax), ZERO);
      lanes = f32x4.add(lanes, v128.and(v128.load(x), won));
      x += 16; argmax += 16;
    }
    let total: f64 =
      (<f64>f32x4.extract_lane(lanes, 0) + <f64>f32x4.extract_lane(lanes, 1)) +
      (<f64>f32x4.extract_lane(lanes, 2) + <f64>f32x4.extract_lane(lanes, 3));
    for (; p < P; p++) {
      if (load<i32>(argmax) >= 0) total += <f64>load<f32>(x);
      x += 4; argmax += 4;
    }
    const at = totals + (<usize>c << 3);
    store<f64>(at, load<f64>(at) + total);
  }
}

/**
 * Is no number NaN or infinite, or too large to be multiplied by the factor? The product with 0 is
 * 0 for all others. Answers 1 or 0.
 */
export function allFinite(count: i32, x: usize, factor: f64, answer: usize): void {
  const grown = splat(factor);
  let a = ZERO, b = ZERO, c = ZERO, d = ZERO;
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    a = f32x4.add(a, f32x4.mul(f32x4.mul(v128.load(x), grown), ZERO));
    b = f32x4.add(b, f32x4.mul(f32x4.mul(v128.load(x, 16), grown), ZERO));
    c = f32x4.add(c, f32x4.mul(f32x4.mul(v128.load(x, 32), grown), ZERO));
    d = f32x4.add(d, f32x4.mul(f32x4.mul(v128.load(x, 48), grown), ZERO));
    x += 64;
  }
  const all = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  let total = f32x4.extract_lane(all, 0) + f32x4.extract_lane(all, 1);
  total += f32x4.extract_lane(all, 2) + f32x4.extract_lane(all, 3);
  for (; i < count; i++) {
    total += load<f32>(x) * <f32>factor * 0;
    x += 4;
  }
  store<i32>(answer, total == 0);
}

/** The same for one entry a channel. */
function sumRows(C: i32, x: usize, totals: usize): void {
  for (let c = 0; c < C; c++) {
    const at = totals + (<usize>c << 3);
    store<f64>(at, load<f64>(at) + <f64>load<f32>(x));
    x += 4;
  }
}

/** Adds up `parts` arrays, in their order; from one to the next there are `step` bytes. */
export function addParts(count: i32, parts: i32, step: usize, x: usize, out: usize): void {
  // (speed.12) dWeight = ((part₀ + part₁) + part₂) + …
  let at: usize = 0;
  const last = <usize>count << 2;
  for (; at + 16 <= last; at += 16) {
    let total = ZERO;
    for (let part = 0; part < parts; part++)
      total = f32x4.add(total, v128.load(x + <usize>part * step + at));
    v128.store(out + at, total);
  }
  for (; at < last; at += 4) {
    let total: f32 = 0;
    for (let part = 0; part < parts; part++) total += load<f32>(x + <usize>part * step + at);
    store<f32>(out + at, total);
  }
}

/** `target += source`. */
export function accumulate(count: i32, source: usize, target: usize): void {
  for (let i = 0; i < count; i += 4)
    write(target, i, count, f32x4.add(read(target, i, count), read(source, i, count)));
}

/**
 * One step of stochastic gradient descent, four numbers at a time; `velocity` is 0 without
 * momentum.
 */
export function sgdUpdate(
  count: i32, value: usize, grad: usize, velocity: usize, learningRate: f64, momentum: f64,
  nesterov: bool, weightDecay: f64,
): void {
  for (let i = 0; i < count; i += 4) {
    const w = read(value, i, count);
    // (optimizers.10) g ← g + λ·w
    let d = f32x4.add(read(grad, i, count), f32x4.mul(splat(weightDecay), w));
    if (velocity) {
      // (optimizers.12) v ← μ·v + g
      const v = f32x4.add(f32x4.mul(splat(momentum), read(velocity, i, count)), d);
      write(velocity, i, count, v);
      d = nesterov ? f32x4.add(d, f32x4.mul(splat(momentum), v)) : v; // (optimizers.22) g ← g + μ·v
    }
    // (optimizers.4) w ← w − η·g
    write(value, i, count, f32x4.sub(w, f32x4.mul(splat(learningRate), d)));
  }
}

/** One step of AdaGrad, four numbers at a time. */
export function adagradUpdate(
  count: i32, value: usize, grad: usize, squareSum: usize, learningRate: f64, epsilon: f64,
  weightDecay: f64,
): void {
  const eta = splat(learningRate), lambda = splat(weightDecay), eps = splat(epsilon);
  for (let i = 0; i < count; i += 4) {
    const w = read(value, i, count);
    const g = f32x4.add(read(grad, i, count), f32x4.mul(lambda, w)); // (optimizers.10) g ← g + λ·w
    const s = f32x4.add(read(squareSum, i, count), f32x4.mul(g, g)); // (optimizers.22a) s ← s + g²
    write(squareSum, i, count, s);
    // (optimizers.22b) w ← w − η·g / (√s + ε)
    write(
      value, i, count,
      f32x4.sub(w, f32x4.div(f32x4.mul(eta, g), f32x4.add(f32x4.sqrt(s), eps))),
    );
  }
}

/** One step of RMSProp, four numbers at a time. */
export function rmspropUpdate(
  count: i32, value: usize, grad: usize, meanSquare: usize, learningRate: f64, alpha: f64,
  epsilon: f64, weightDecay: f64,
): void {
  const eta = splat(learningRate), lambda = splat(weightDecay), eps = splat(epsilon);
  const a = splat(alpha), rest = splat(1 - alpha);
  for (let i = 0; i < count; i += 4) {
    const w = read(value, i, count);
    const g = f32x4.add(read(grad, i, count), f32x4.mul(lambda, w)); // (optimizers.10) g ← g + λ·w
    // (optimizers.22e) v ← α·v + (1 − α)·g²
    const v = f32x4.add(f32x4.mul(a, read(meanSquare, i, count)), f32x4.mul(rest, f32x4.mul(g, g)));
    write(meanSquare, i, count, v);
    // (optimizers.22f) w ← w − η·g / (√v + ε)
    write(
      value, i, count,
      f32x4.sub(w, f32x4.div(f32x4.mul(eta, g), f32x4.add(f32x4.sqrt(v), eps))),
    );
  }
}

/**
 * One step of Adam, four numbers at a time; of AdamW, if `weightDecay` is 0 and `shrink`, its η·λ,
 * is not.
 */
export function adamUpdate(
  count: i32, value: usize, grad: usize, firstMoment: usize, secondMoment: usize,
  learningRate: f64, beta1: f64, beta2: f64, epsilon: f64, weightDecay: f64,
  correction1: f64, correction2: f64, shrink: f64,
): void {
  const eta = splat(learningRate), lambda = splat(weightDecay), eps = splat(epsilon);
  const b1 = splat(beta1), rest1 = splat(1 - beta1), c1 = splat(correction1);
  const b2 = splat(beta2), rest2 = splat(1 - beta2), c2 = splat(correction2), less = splat(shrink);
  for (let i = 0; i < count; i += 4) {
    const w = read(value, i, count);
    const g = f32x4.add(read(grad, i, count), f32x4.mul(lambda, w)); // (optimizers.10) g ← g + λ·w
    // (optimizers.23) m ← β₁·m + (1 − β₁)·g
    const m = f32x4.add(f32x4.mul(b1, read(firstMoment, i, count)), f32x4.mul(rest1, g));
    // (optimizers.24) v ← β₂·v + (1 − β₂)·g²
    const v = f32x4.add(
      f32x4.mul(b2, read(secondMoment, i, count)), f32x4.mul(rest2, f32x4.mul(g, g)),
    );
    write(firstMoment, i, count, m);
    write(secondMoment, i, count, v);
    // (optimizers.28) w ← w − η·m̂ / (√v̂ + ε), where
    // (optimizers.27) m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ);
    // decoupled, (optimizers.34) w ← (1 − η·λ)·w − η·m̂ / (√v̂ + ε), without 1 − η·λ, which float32
    // would round too roughly
    const step = f32x4.div(
      f32x4.mul(eta, f32x4.div(m, c1)), f32x4.add(f32x4.sqrt(f32x4.div(v, c2)), eps),
    );
    write(value, i, count, f32x4.sub(w, f32x4.add(f32x4.mul(less, w), step)));
  }
}

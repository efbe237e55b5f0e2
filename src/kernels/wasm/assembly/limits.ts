/**
 * The two limits of one thread of a machine: how fast it multiplies and adds, and how fast it
 * reads. No product of matrices can do better; `leibniz bench` measures both, and says how close
 * the kernels come.
 */

/**
 * Nothing but multiplications and additions on registers: twelve vectors s ← s · x + y, side by
 * side, `steps` times. Each waits for its own last result only, and there are enough of them to
 * keep every unit busy meanwhile; with x and y they fill 14 of 16 registers. They start from 0, 1,
 * … 11, so that no compiler can find out that it could do with fewer.
 *
 * @returns the sum of all 48 numbers
 */
export function multiplyAdds(steps: i32, x: f32, y: f32): f32 {
  const xs = f32x4.splat(x), ys = f32x4.splat(y);
  let s0 = f32x4.splat(0), s1 = f32x4.splat(1), s2 = f32x4.splat(2), s3 = f32x4.splat(3);
  let s4 = f32x4.splat(4), s5 = f32x4.splat(5), s6 = f32x4.splat(6), s7 = f32x4.splat(7);
  let s8 = f32x4.splat(8), s9 = f32x4.splat(9), s10 = f32x4.splat(10), s11 = f32x4.splat(11);
  for (let step = 0; step < steps; step++) {
    s0 = f32x4.add(f32x4.mul(s0, xs), ys);
    s1 = f32x4.add(f32x4.mul(s1, xs), ys);
    s2 = f32x4.add(f32x4.mul(s2, xs), ys);
    s3 = f32x4.add(f32x4.mul(s3, xs), ys);
    s4 = f32x4.add(f32x4.mul(s4, xs), ys);
    s5 = f32x4.add(f32x4.mul(s5, xs), ys);
    s6 = f32x4.add(f32x4.mul(s6, xs), ys);
    s7 = f32x4.add(f32x4.mul(s7, xs), ys);
    s8 = f32x4.add(f32x4.mul(s8, xs), ys);
    s9 = f32x4.add(f32x4.mul(s9, xs), ys);
    s10 = f32x4.add(f32x4.mul(s10, xs), ys);
    s11 = f32x4.add(f32x4.mul(s11, xs), ys);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), f32x4.add(s4, s5));
  return sumOfLanes(
    f32x4.add(
      low,
      f32x4.add(f32x4.add(f32x4.add(s6, s7), f32x4.add(s8, s9)), f32x4.add(s10, s11)),
    ),
  );
}

/**
 * Reads `bytes` of memory from `at` on, `times` times, and returns the exclusive or of all 32-bit
 * words. Whole blocks of 64 bytes.
 */
export function readMemory(at: usize, bytes: i32, times: i32): i32 {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (let time = 0; time < times; time++) {
    const end = at + bytes;
    for (let p = at; p < end; p += 64) {
      a = v128.xor(a, v128.load(p));
      b = v128.xor(b, v128.load(p, 16));
      c = v128.xor(c, v128.load(p, 32));
      d = v128.xor(d, v128.load(p, 48));
    }
  }
  const all = v128.xor(v128.xor(a, b), v128.xor(c, d));
  return (
    i32x4.extract_lane(all, 0) ^ i32x4.extract_lane(all, 1) ^
    i32x4.extract_lane(all, 2) ^ i32x4.extract_lane(all, 3)
  );
}

/** Writes a word into `bytes` of memory from `at` on, `times` times. Whole blocks of 64 bytes. */
export function writeMemory(at: usize, bytes: i32, times: i32, word: i32): void {
  const value = i32x4.splat(word);
  for (let time = 0; time < times; time++) {
    const end = at + bytes;
    for (let p = at; p < end; p += 64) {
      v128.store(p, value);
      v128.store(p, value, 16);
      v128.store(p, value, 32);
      v128.store(p, value, 48);
    }
  }
}

@inline
function sumOfLanes(x: v128): f32 {
  return (
    (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

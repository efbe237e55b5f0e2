/** Passes over flat arrays, entry by entry. float32; positions in bytes. */

/** `out = a + b`. */
export function add(count: i32, a: usize, b: usize, out: usize): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
    a += 16; b += 16; out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, load<f32>(a) + load<f32>(b));
    a += 4; b += 4; out += 4;
  }
}

/** `out = a ⊙ b`. */
export function multiply(count: i32, a: usize, b: usize, out: usize): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, f32x4.mul(v128.load(a), v128.load(b)));
    a += 16; b += 16; out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, load<f32>(a) * load<f32>(b));
    a += 4; b += 4; out += 4;
  }
}

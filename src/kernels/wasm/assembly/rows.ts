/**
 * Passes over rows of M places, with a few numbers for each row and for each place. On the way x is
 * standardised: x̂ = scale · (x − centre). Sums are float64, of what has been added four by four in
 * float32: so a conversion, which costs more than an addition, is shared by four numbers, and what
 * is lost is no more than each of them is off anyway. float32; positions in bytes.
 */
import { TILE_PLACES, TILE_ROWS } from "./generated/table";
import { firstTwo, fourOf, lastTwo, read, sumOfTwo, write } from "./lanes";

/**
 * Mean and variance of one row, which the second pass finds in the cache. It sums distances from
 * the mean as it is stored, and their squares, and takes back what the mean has lost by rounding.
 */
export function rowMoments(M: i32, x: usize, mean: usize, variance: usize): void {
  const mu = <f32>(sumOfRow(M, x) / <f64>M);
  const middle = f32x4.splat(mu);
  let sums = f64x2.splat(0), squares = sums;
  let i = 0;
  for (; i + 16 <= M; i += 16) {
    const a = f32x4.sub(v128.load(x), middle), b = f32x4.sub(v128.load(x, 16), middle);
    const c = f32x4.sub(v128.load(x, 32), middle), d = f32x4.sub(v128.load(x, 48), middle);
    sums = plus(sums, sumOfFour(a, b, c, d));
    const aa = f32x4.mul(a, a), bb = f32x4.mul(b, b), cc = f32x4.mul(c, c), dd = f32x4.mul(d, d);
    squares = plus(squares, sumOfFour(aa, bb, cc, dd));
    x += 64;
  }
  let sum = sumOfTwo(sums), square = sumOfTwo(squares);
  for (; i < M; i++) {
    const distance = <f64>load<f32>(x) - <f64>mu;
    sum += distance;
    square += distance * distance;
    x += 4;
  }
  const lost = sum / <f64>M;
  store<f32>(mean, mu);
  store<f32>(variance, <f32>max<f64>(square / <f64>M - lost * lost, 0));
}

function sumOfRow(M: i32, x: usize): f64 {
  let sums = f64x2.splat(0);
  let i = 0;
  for (; i + 16 <= M; i += 16) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    sums = plus(sums, sumOfFour(a, b, c, d));
    x += 64;
  }
  let total = sumOfTwo(sums);
  for (; i < M; i++) {
    total += <f64>load<f32>(x);
    x += 4;
  }
  return total;
}

/** `out = weight[i] · x̂ + bias[i]` for one row. */
export function rowAffine(
  M: i32, x: usize, scale: usize, centre: usize, weight: usize, bias: usize, out: usize,
): void {
  const factor = v128.load32_splat(scale), middle = v128.load32_splat(centre);
  let i = 0;
  for (; i + 4 <= M; i += 4) {
    const at = <usize>i << 2;
    const standard = standardised(v128.load(x + at), factor, middle);
    const stretched = f32x4.mul(v128.load(weight + at), standard);
    v128.store(out + at, f32x4.add(stretched, v128.load(bias + at)));
  }
  if (i == M) return;
  const stretched = f32x4.mul(read(weight, i, M), standardised(read(x, i, M), factor, middle));
  write(out, i, M, f32x4.add(stretched, read(bias, i, M)));
}

/** `out = scale · (weight[i] · y − intercept − slope · x̂)` for one row. */
export function rowResidual(
  M: i32, y: usize, x: usize, weight: usize, intercept: usize, slope: usize, scale: usize,
  centre: usize, out: usize,
): void {
  const start = v128.load32_splat(intercept), steepness = v128.load32_splat(slope);
  const factor = v128.load32_splat(scale), middle = v128.load32_splat(centre);
  let i = 0;
  for (; i + 4 <= M; i += 4) {
    const at = <usize>i << 2;
    const weighted = f32x4.mul(v128.load(weight + at), v128.load(y + at));
    const line = f32x4.mul(steepness, standardised(v128.load(x + at), factor, middle));
    v128.store(out + at, f32x4.mul(factor, f32x4.sub(f32x4.sub(weighted, start), line)));
  }
  if (i == M) return;
  const weighted = f32x4.mul(read(weight, i, M), read(y, i, M));
  const line = f32x4.mul(steepness, standardised(read(x, i, M), factor, middle));
  write(out, i, M, f32x4.mul(factor, f32x4.sub(f32x4.sub(weighted, start), line)));
}

/**
 * One of the tiles that N rows are cut into, of which `high` lie one below the other. Each has sums
 * of its own: those of its places are added to `columnParts`, those of its rows written to
 * `rowParts`, and in both all products come behind all sums.
 */
export function rowSums(
  tile: i32, N: i32, M: i32, high: i32, y: usize, x: usize, scale: usize, centre: usize,
  weight: usize, columnParts: usize, rowParts: usize,
): void {
  const wide = (M + TILE_PLACES - 1) / TILE_PLACES;
  const columns = <usize>((M + 3) & ~3) << 3, rows = <usize>N << 3;
  const down = tile % high, across = tile / high;
  const place = across * TILE_PLACES, endRow = min((down + 1) * TILE_ROWS, N);
  const sums = columnParts + <usize>down * columns + (<usize>place << 3);
  const products = sums + <usize>high * columns;
  const count = min(TILE_PLACES, M - place);
  for (let n = down * TILE_ROWS; n < endRow; n += 4) {
    const at = <usize>(n * M + place) << 2, row = <usize>n << 2;
    const rowsLeft = min(4, endRow - n);
    sumsOverRows(rowsLeft, count, M, y + at, x + at, scale + row, centre + row, sums, products);
    for (let r = 0; r < rowsLeft; r++) {
      const start = at + (<usize>(r * M) << 2), number = <usize>(n + r) << 2;
      const part = rowParts + <usize>across * rows + (number << 1);
      sumsOverPlaces(
        count, y + start, x + start, v128.load32_splat(scale + number),
        v128.load32_splat(centre + number), weight + (<usize>place << 2), part,
        part + <usize>wide * rows,
      );
    }
  }
}

/** Adds up arrays of float64, `step` bytes apart, in their order, into float32. */
export function addDoubles(count: i32, parts: i32, step: usize, x: usize, out: usize): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    let first = f64x2.splat(0), last = first;
    let at = x + (<usize>i << 3);
    for (let part = 0; part < parts; part++) {
      first = f64x2.add(first, v128.load(at));
      last = f64x2.add(last, v128.load(at, 16));
      at += step;
    }
    v128.store(out + (<usize>i << 2), fourOf(first, last));
  }
  for (; i < count; i++) {
    let total: f64 = 0;
    for (let part = 0; part < parts; part++)
      total += load<f64>(x + <usize>part * step + (<usize>i << 3));
    store<f32>(out + (<usize>i << 2), <f32>total);
  }
}

/** Adds, for each of `count` places, y and y · x̂ of up to four rows. */
function sumsOverRows(
  rows: i32, count: i32, M: i32, y: usize, x: usize, scale: usize, centre: usize, sums: usize,
  products: usize,
): void {
  const row = <usize>M << 2;
  let i = 0;
  if (rows == 4) {
    const factorA = v128.load32_splat(scale), middleA = v128.load32_splat(centre);
    const factorB = v128.load32_splat(scale, 4), middleB = v128.load32_splat(centre, 4);
    const factorC = v128.load32_splat(scale, 8), middleC = v128.load32_splat(centre, 8);
    const factorD = v128.load32_splat(scale, 12), middleD = v128.load32_splat(centre, 12);
    for (; i + 4 <= count; i += 4) {
      let at = <usize>i << 2;
      const a = v128.load(y + at), aX = standardised(v128.load(x + at), factorA, middleA);
      at += row;
      const b = v128.load(y + at), bX = standardised(v128.load(x + at), factorB, middleB);
      at += row;
      const c = v128.load(y + at), cX = standardised(v128.load(x + at), factorC, middleC);
      at += row;
      const d = v128.load(y + at), dX = standardised(v128.load(x + at), factorD, middleD);
      addFour(sums, i, sumOfFour(a, b, c, d));
      const ab = sumOfFour(f32x4.mul(a, aX), f32x4.mul(b, bX), f32x4.mul(c, cX), f32x4.mul(d, dX));
      addFour(products, i, ab);
    }
  }
  // rows and places that are no four
  for (; i < count; i += 4) {
    for (let r = 0; r < rows; r++) {
      const start = <usize>r * row, number = <usize>r << 2;
      const factor = v128.load32_splat(scale + number);
      const middle = v128.load32_splat(centre + number);
      const v = read(y + start, i, count);
      addFour(sums, i, v);
      const standard = standardised(read(x + start, i, count), factor, middle);
      addFour(products, i, f32x4.mul(v, standard));
    }
  }
}

/** The sums of z = weight[i] · y and of z · x̂ over `count` places of a row. */
function sumsOverPlaces(
  count: i32, y: usize, x: usize, factor: v128, middle: v128, weight: usize, sum: usize,
  product: usize,
): void {
  let sums = f64x2.splat(0), products = sums;
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const a = f32x4.mul(v128.load(weight), v128.load(y));
    const b = f32x4.mul(v128.load(weight, 16), v128.load(y, 16));
    const c = f32x4.mul(v128.load(weight, 32), v128.load(y, 32));
    const d = f32x4.mul(v128.load(weight, 48), v128.load(y, 48));
    sums = plus(sums, sumOfFour(a, b, c, d));
    const aX = f32x4.mul(a, standardised(v128.load(x), factor, middle));
    const bX = f32x4.mul(b, standardised(v128.load(x, 16), factor, middle));
    const cX = f32x4.mul(c, standardised(v128.load(x, 32), factor, middle));
    const dX = f32x4.mul(d, standardised(v128.load(x, 48), factor, middle));
    products = plus(products, sumOfFour(aX, bX, cX, dX));
    y += 64; x += 64; weight += 64;
  }
  for (count -= i, i = 0; i < count; i += 4) {
    const z = f32x4.mul(read(weight, i, count), read(y, i, count));
    sums = plus(sums, z);
    products = plus(products, f32x4.mul(z, standardised(read(x, i, count), factor, middle)));
  }
  store<f64>(sum, sumOfTwo(sums));
  store<f64>(product, sumOfTwo(products));
}

/** x̂ of four places. */
@inline
function standardised(x: v128, factor: v128, middle: v128): v128 {
  return f32x4.mul(factor, f32x4.sub(x, middle));
}

@inline
function sumOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** Two totals, and two numbers more for each. */
@inline
function plus(totals: v128, x: v128): v128 {
  return f64x2.add(totals, f64x2.add(firstTwo(x), lastTwo(x)));
}

/** Adds four numbers to totals i … i + 3. */
@inline
function addFour(totals: usize, i: i32, x: v128): void {
  const at = totals + (<usize>i << 3);
  v128.store(at, f64x2.add(v128.load(at), firstTwo(x)));
  v128.store(at, f64x2.add(v128.load(at, 16), lastTwo(x)), 16);
}

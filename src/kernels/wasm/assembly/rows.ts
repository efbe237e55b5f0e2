/**
 * Passes over rows of M places, with a few numbers for each row and for each place. Sums are
 * float64. float32; positions in bytes.
 */
import { TILE_PLACES, TILE_ROWS } from "./generated/table";
import { firstTwo, lastTwo, read, sumOfTwo, write } from "./lanes";

/** `inner = scale · (x − centre)` and `out = weight[i] · inner + bias[i]` for one row. */
export function rowAffine(
  M: i32, x: usize, scale: usize, centre: usize, weight: usize, bias: usize, inner: usize,
  out: usize,
): void {
  const factor = v128.load32_splat(scale), middle = v128.load32_splat(centre);
  for (let i = 0; i < M; i += 4) {
    const standard = f32x4.mul(factor, f32x4.sub(read(x, i, M), middle));
    write(inner, i, M, standard);
    write(out, i, M, f32x4.add(f32x4.mul(read(weight, i, M), standard), read(bias, i, M)));
  }
}

/** `out = scale · (weight[i] · y − intercept − slope · x)` for one row. */
export function rowResidual(
  M: i32, y: usize, x: usize, weight: usize, intercept: usize, slope: usize, scale: usize,
  out: usize,
): void {
  const start = v128.load32_splat(intercept), steepness = v128.load32_splat(slope);
  const factor = v128.load32_splat(scale);
  for (let i = 0; i < M; i += 4) {
    const weighted = f32x4.mul(read(weight, i, M), read(y, i, M));
    const line = f32x4.mul(steepness, read(x, i, M));
    write(out, i, M, f32x4.mul(factor, f32x4.sub(f32x4.sub(weighted, start), line)));
  }
}

/**
 * One of the tiles that N rows are cut into, of which `high` lie one below the other. Each has sums
 * of its own: those of its places are added to `columnParts`, those of its rows written to
 * `rowParts`, and in both all products come behind all sums.
 */
export function rowSums(
  tile: i32, N: i32, M: i32, high: i32, y: usize, x: usize, weight: usize, columnParts: usize,
  rowParts: usize,
): void {
  const wide = (M + TILE_PLACES - 1) / TILE_PLACES;
  const columns = <usize>(wide * TILE_PLACES) << 3, rows = <usize>N << 3;
  const down = tile % high, across = tile / high;
  const place = across * TILE_PLACES;
  const columnSums = columnParts + <usize>down * columns + (<usize>place << 3);
  const rowSums = rowParts + <usize>across * rows;
  sumsOfTile(
    N, M, down * TILE_ROWS, place, y, x, weight, columnSums, columnSums + <usize>high * columns,
    rowSums, rowSums + <usize>wide * rows,
  );
}

/**
 * The sums of y and of y · x over the rows of one tile, for each of its places, and those of
 * z = weight[i] · y and of z · x over its places, for each of its rows.
 *
 * @param columnSums of the tile's first place; `columnProducts` likewise
 * @param rowSums of the array's first row; `rowProducts` likewise
 */
function sumsOfTile(
  N: i32, M: i32, firstRow: i32, firstPlace: i32, y: usize, x: usize, weight: usize,
  columnSums: usize, columnProducts: usize, rowSums: usize, rowProducts: usize,
): void {
  const endRow = min(firstRow + TILE_ROWS, N), endPlace = min(firstPlace + TILE_PLACES, M);
  const rowBytes = <usize>M << 2;
  for (let n = firstRow; n < endRow; n += 2) {
    const at = <usize>n * rowBytes, number = <usize>n << 3;
    if (n + 1 == endRow) {
      sumsOfRow(
        firstPlace, endPlace, y + at, x + at, weight, columnSums, columnProducts,
        rowSums + number, rowProducts + number,
      );
      return;
    }
    let sumA = f64x2.splat(0), productA = sumA, sumB = sumA, productB = sumA;
    let columns = 0;
    for (let i = firstPlace; i < endPlace; i += 4) {
      const factors = read(weight, i, endPlace);
      const a = read(y + at, i, endPlace), aX = read(x + at, i, endPlace);
      const b = read(y + at + rowBytes, i, endPlace), bX = read(x + at + rowBytes, i, endPlace);
      const a0 = firstTwo(a), a1 = lastTwo(a), aX0 = firstTwo(aX), aX1 = lastTwo(aX);
      const b0 = firstTwo(b), b1 = lastTwo(b), bX0 = firstTwo(bX), bX1 = lastTwo(bX);
      const sums = columnSums + columns, products = columnProducts + columns;
      v128.store(sums, f64x2.add(f64x2.add(v128.load(sums), a0), b0));
      v128.store(sums, f64x2.add(f64x2.add(v128.load(sums, 16), a1), b1), 16);
      v128.store(products, twoMore(v128.load(products), a0, aX0, b0, bX0));
      v128.store(products, twoMore(v128.load(products, 16), a1, aX1, b1, bX1), 16);
      const aZ = f32x4.mul(factors, a), bZ = f32x4.mul(factors, b);
      const aZ0 = firstTwo(aZ), aZ1 = lastTwo(aZ), bZ0 = firstTwo(bZ), bZ1 = lastTwo(bZ);
      sumA = f64x2.add(sumA, f64x2.add(aZ0, aZ1));
      sumB = f64x2.add(sumB, f64x2.add(bZ0, bZ1));
      productA = twoMore(productA, aZ0, aX0, aZ1, aX1);
      productB = twoMore(productB, bZ0, bX0, bZ1, bX1);
      columns += 32;
    }
    store<f64>(rowSums + number, sumOfTwo(sumA));
    store<f64>(rowSums + number, sumOfTwo(sumB), 8);
    store<f64>(rowProducts + number, sumOfTwo(productA));
    store<f64>(rowProducts + number, sumOfTwo(productB), 8);
  }
}

/** The same for one row. */
function sumsOfRow(
  firstPlace: i32, endPlace: i32, y: usize, x: usize, weight: usize, columnSums: usize,
  columnProducts: usize, rowSum: usize, rowProduct: usize,
): void {
  let sum = f64x2.splat(0), product = sum;
  for (let i = firstPlace; i < endPlace; i += 4) {
    const v = read(y, i, endPlace), w = read(x, i, endPlace);
    const z = f32x4.mul(read(weight, i, endPlace), v);
    const v0 = firstTwo(v), v1 = lastTwo(v), w0 = firstTwo(w), w1 = lastTwo(w);
    v128.store(columnSums, f64x2.add(v128.load(columnSums), v0));
    v128.store(columnSums, f64x2.add(v128.load(columnSums, 16), v1), 16);
    v128.store(columnProducts, f64x2.add(v128.load(columnProducts), f64x2.mul(v0, w0)));
    v128.store(columnProducts, f64x2.add(v128.load(columnProducts, 16), f64x2.mul(v1, w1)), 16);
    const z0 = firstTwo(z), z1 = lastTwo(z);
    sum = f64x2.add(sum, f64x2.add(z0, z1));
    product = twoMore(product, z0, w0, z1, w1);
    columnSums += 32; columnProducts += 32;
  }
  store<f64>(rowSum, sumOfTwo(sum));
  store<f64>(rowProduct, sumOfTwo(product));
}

/** `total + a · b + c · d`. */
@inline
function twoMore(total: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  return f64x2.add(f64x2.add(total, f64x2.mul(a, b)), f64x2.mul(c, d));
}

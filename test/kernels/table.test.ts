import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry } from "leibniz/im2col";
import {
  ARGUMENTS_AT,
  geometryFields,
  jobFields,
  type KernelArguments,
  layoutOf,
} from "../../dist/kernels/wasm/layout.js";
import { kernels } from "../../dist/kernels/wasm/table.js";

const { generated } = (await import(
  new URL("../../src/kernels/wasm/generate.mjs", import.meta.url).href
)) as { readonly generated: (table: unknown, layout: unknown) => string };

const layout = { ARGUMENTS_AT, geometryFields, jobFields, layoutOf };

test("a call gives every argument of a kernel, and no other: the compiler says so", () => {
  const given: KernelArguments<"relu"> = { items: 1, length: 4, x: 8, out: 16 };
  assert.equal(Object.keys(given), ["items", ...layoutOf("relu", kernels.relu).words]);
  // @ts-expect-error: out is missing
  const missing: KernelArguments<"relu"> = { items: 1, x: 8, length: 4 };
  // @ts-expect-error: relu has no y
  const unknown: KernelArguments<"relu"> = { items: 1, x: 8, out: 16, length: 4, y: 0 };
  // @ts-expect-error: so has a row over several lines
  const long: KernelArguments<"adamUpdate">["shrinks"] = 1;
  // @ts-expect-error: a flag is true or false
  const flag: KernelArguments<"sgdUpdate">["nesterov"] = 1;
  // @ts-expect-error: an average pooling needs its geometry in every call
  const needed: KernelArguments<"averagePool2d">["geometry"] = null;
  const optional: KernelArguments<"products">["geometry"] = null;
  // @ts-expect-error: which item it is, only the chunk knows
  const item: KernelArguments<"maxPool2d">["item"] = 0;
  assert.equal([missing, unknown, long, flag, needed, optional, item].length, 7);
});

test("arguments follow one another in memory, numbers of 8 bytes first", () => {
  const places = (name: keyof typeof kernels) => {
    const { numbers, words, geometryAt, bytes } = layoutOf(name, kernels[name]);
    return { numbers, words, geometryAt, bytes };
  };
  assert.equal(places("rmspropUpdate"), {
    numbers: ["learningRate", "alpha", "epsilon", "weightDecay"],
    words: ["length", "value", "grad", "meanSquare"],
    geometryAt: 48,
    bytes: 48,
  });
  assert.equal(places("maxPool2d"), {
    numbers: [],
    words: ["C", "x", "scale", "shift", "out", "argmax", "rectify"],
    geometryAt: 28,
    bytes: 28 + 4 * 12,
  });
  const geometry = conv2dGeometry("test", 5, 6, { kernelSize: 2 });
  assert.equal([...geometryFields].sort(), Object.keys(geometry).sort());
});

test("a row that is wrong is refused in one line, which names kernel and word", () => {
  for (const [row, message] of [
    ["x[C]", 'expected a row such as "planes: x[H·W]", got "x[C]"'],
    ["planes: C x[C]!", 'expected name, name[…], name{…}, name? or name~, got "x[C]!"'],
    ["planes: C x{}", 'expected name, name[…], name{…}, name? or name~, got "x{}"'],
    ["planes: C  x[C]", 'expected name, name[…], name{…}, name? or name~, got ""'],
    ["planes: x[] C x[C]", "expected each name once, got x twice"],
    ["length: length x[BLOCK]", "expected each name once, got length twice"],
    ["planes: items", "expected each name once, got items twice"],
    ["planes: C x[C·P]", 'expected a count to multiply in x, got "P"'],
    ["planes: C x[C·H·W]", 'expected a count to multiply in x, got "H"'],
    ["planes: C? x[C]", 'expected a count to multiply in x, got "C"'],
    ["rows: job C x[C]", 'expected x[], since its function cuts the job, got "C"'],
    ["planes: C totals{C··2}", 'expected a count to multiply in totals, got ""'],
  ] as const)
    assert.throws(
      () => layoutOf("gain", row),
      (error: Error) => assert.is(error.message, `kernels.gain: ${message}`) ?? true,
      row,
    );
});

test("the kernels' side has a class for each row, and calls the function of its name", () => {
  const table = {
    constants: { EIGHT: 8 },
    kernels: {
      flat: "length: which x[BLOCK] out[BLOCK] factor~",
      stretch: "planes: item C geometry x[H·W] out[2·C] all[] sums{C} back? scratch",
      single: "each row: item C x[C] sums{2}",
      whole: "rows: job x[] rows geometry? scratch",
    },
  };
  const text = generated(table, layout);
  for (const piece of [
    "export const EIGHT = 8;",
    "export class Geometry {\n  H: i32;\n  W: i32;\n  kH: i32;\n",
    "  done: i32;\n  kernel: i32;\n  chunks: i32;\n  items: i32;\n  scratch: usize;\n",
    "export class FlatArguments {\n" +
      "  factor: f64;\n  length: i32;\n  which: i32;\n  x: usize;\n  out: usize;\n}",
    "export class StretchArguments {\n" +
      "  C: i32;\n  x: usize;\n  out: usize;\n  all: usize;\n  sums: usize;\n  back: i32;\n" +
      "  @inline\n  get geometry(): Geometry {\n" +
      "    return changetype<Geometry>(changetype<usize>(this) + 24);\n  }\n}",
    `const start = changetype<usize>(job) + ${ARGUMENTS_AT};`,
    "    case 0: {\n      const args = changetype<FlatArguments>(start);\n" +
      "      return kernels.flat(lengthOf(args.length, first, end), args.which, " +
      "at(args.x, first, BLOCK), at(args.out, first, BLOCK), args.factor);\n    }",
    "      return kernels.stretch(end - first, first, args.C, args.geometry, " +
      "at(args.x, first, args.geometry.H * args.geometry.W), at(args.out, first, 2 * args.C), " +
      "args.all, at(args.sums, chunk, args.C), args.back != 0, scratch);",
    "      for (let item = first; item < end; item++) " +
      "kernels.single(item, args.C, at(args.x, item, args.C), at(args.sums, chunk, 2)); return;",
    "      return kernels.whole(args, first, end, chunk, scratch);",
    "      return <f64>kernels.stretchScratch(args);",
    "      return <f64>kernels.wholeScratch(args);",
  ])
    assert.ok(text.includes(piece), `${piece}\n\nis not in\n\n${text}`);
  assert.not.ok(text.includes("flatScratch"));
});

test.run();

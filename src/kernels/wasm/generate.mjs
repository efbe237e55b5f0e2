/**
 * The AssemblyScript side of the table of kernels: a class for each kernel's arguments, and the
 * call of its function for one chunk of a job.
 */

/**
 * @param {Pick<typeof import("./table.js"), "constants" | "kernels">} table
 * @param {typeof import("./layout.js")} layout
 * @returns {string} `assembly/generated/table.ts`
 */
export function generated(table, { geometryFields, jobFields, ARGUMENTS_AT, layoutOf }) {
  const rows = Object.entries(table.kernels).map(([name, row], number) => ({
    name,
    number,
    ...layoutOf(name, row),
  }));
  const types = { scratch: "usize", scratchBytes: "i32" };
  const hasScratch = ({ args }) => args.some(({ name }) => name === "scratch");
  return [
    "/** Written by `generate.mjs` from the table of kernels, `table.ts`: do not edit. */",
    'import * as kernels from "../kernels";',
    'import { at, lengthOf } from "../shares";',
    "",
    ...Object.entries(table.constants).map(([name, value]) => `export const ${name} = ${value};`),
    "",
    "/** How windows slide. */",
    ...classOf(
      "Geometry",
      geometryFields.map((name) => [name, "i32"]),
    ),
    "/** What threads share: a kernel, and its arguments behind this. */",
    ...classOf("Job", [
      ["ticket", "i64"],
      ["done", "i32"],
      ...jobFields.map((name) => [name, types[name] ?? "i32"]),
    ]),
    ...rows.flatMap(argumentsOf),
    "export function runChunk(job: Job, chunk: i32, first: i32, end: i32, scratch: usize): void {",
    ...switchOver(ARGUMENTS_AT, rows, (row) => callOf(row, geometryFields)),
    "}",
    "",
    "/** Bytes that each thread needs for a job; in float64, since they may be more than 4 GB. */",
    "export function scratchBytes(job: Job): f64 {",
    ...switchOver(
      ARGUMENTS_AT,
      rows.filter(hasScratch),
      ({ name }) => `return <f64>kernels.${name}Scratch(args);`,
    ),
    "  return 0;",
    "}",
    "",
  ].join("\n");
}

/** One case for each kernel, by its number in the table. */
function switchOver(argumentsAt, rows, statement) {
  return [
    `  const start = changetype<usize>(job) + ${argumentsAt};`,
    "  switch (job.kernel) {",
    ...rows.flatMap((row) => [
      `    case ${row.number}: {`,
      `      const args = changetype<${className(row.name)}>(start);`,
      `      ${statement(row)}`,
      "    }",
    ]),
    "  }",
  ];
}

/** The call that a row describes: see `table.ts`. */
function callOf({ name, unit, args }, geometryFields) {
  if (args.some((one) => one.name === "job"))
    return `return kernels.${name}(args, first, end, chunk, scratch);`;
  const isEach = unit.startsWith("each ");
  const item = isEach ? "item" : "first";
  const shareOf = (share) =>
    share
      .split("·")
      .map((factor) => {
        if (args.some((one) => one.name === factor)) return `args.${factor}`;
        return geometryFields.includes(factor) ? `args.geometry.${factor}` : factor;
      })
      .join(" * ");
  const values = {
    array: ({ name, share }) =>
      share === "" ? `args.${name}` : `at(args.${name}, ${item}, ${shareOf(share)})`,
    part: ({ name, share }) => `at(args.${name}, chunk, ${shareOf(share)})`,
    flag: ({ name }) => `args.${name} != 0`,
    chunk: ({ name }) => (name === "item" ? item : name),
  };
  const given = args.map((one) => values[one.kind]?.(one) ?? `args.${one.name}`).join(", ");
  if (isEach)
    return `for (let item = first; item < end; item++) kernels.${name}(${given}); return;`;
  const count = unit === "length" ? "lengthOf(args.length, first, end)" : "end - first";
  return `return kernels.${name}(${count}, ${given});`;
}

function argumentsOf({ name, args, numbers, words, geometryAt }) {
  const isArray = (word) =>
    args.some((one) => one.name === word && ["array", "part"].includes(one.kind));
  const fields = [
    ...numbers.map((number) => [number, "f64"]),
    ...words.map((word) => [word, isArray(word) ? "usize" : "i32"]),
  ];
  const getter = args.some(({ kind }) => kind === "geometry")
    ? [
        "  @inline",
        "  get geometry(): Geometry {",
        `    return changetype<Geometry>(changetype<usize>(this) + ${geometryAt});`,
        "  }",
      ]
    : [];
  return classOf(className(name), fields, getter);
}

function classOf(name, fields, more = []) {
  const lines = fields.map(([field, type]) => `  ${field}: ${type};`);
  return ["@unmanaged", `export class ${name} {`, ...lines, ...more, "}", ""];
}

function className(kernel) {
  return `${kernel[0].toUpperCase()}${kernel.slice(1)}Arguments`;
}

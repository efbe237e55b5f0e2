/**
 * The AssemblyScript side of the table of kernels: a class for each kernel's arguments, and which
 * function runs.
 */

/**
 * @param {typeof import("./table.js")} table
 * @param {typeof import("./layout.js")} layout
 * @returns {string} `assembly/generated/table.ts`
 */
export function generated(table, { geometryFields, jobFields, ARGUMENTS_AT, layoutOf }) {
  const kernels = Object.entries(table.kernels);
  const types = { scratch: "usize", scratchBytes: "i32" };
  return [
    "/** Written by `generate.mjs` from the table of kernels, `table.ts`: do not edit. */",
    'import * as chunks from "../chunks";',
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
    ...kernels.flatMap(([name, row]) => argumentsOf(name, row, layoutOf(name))),
    "export function runChunk(job: Job, chunk: i32, first: i32, end: i32, scratch: usize): void {",
    `  const at = changetype<usize>(job) + ${ARGUMENTS_AT};`,
    "  switch (job.kernel) {",
    ...kernels.flatMap(([name, { parts, scratch }], number) => [
      `    case ${number}:`,
      `      return chunks.${name}(`,
      `        changetype<${className(name)}>(at), first, end${parts ? ", chunk" : ""}` +
        `${scratch ? ", scratch" : ""},`,
      "      );",
    ]),
    "  }",
    "}",
    "",
    "/** Bytes that each thread needs for a job. */",
    "export function scratchBytes(job: Job): usize {",
    `  const at = changetype<usize>(job) + ${ARGUMENTS_AT};`,
    "  switch (job.kernel) {",
    ...kernels.flatMap(([name, { scratch }], number) =>
      scratch
        ? [
            `    case ${number}:`,
            `      return chunks.${name}Scratch(changetype<${className(name)}>(at));`,
          ]
        : [],
    ),
    "    default: return 0;",
    "  }",
    "}",
    "",
  ].join("\n");
}

function argumentsOf(name, { bytes, geometry }, layout) {
  const addresses = bytes.split(" ");
  const fields = [
    ...layout.numbers.map((number) => [number, "f64"]),
    ...layout.words.map((word) => [word, addresses.includes(word) ? "usize" : "i32"]),
  ];
  const getter =
    geometry === undefined
      ? []
      : [
          "  @inline",
          "  get geometry(): Geometry {",
          `    return changetype<Geometry>(changetype<usize>(this) + ${layout.geometryAt});`,
          "  }",
        ];
  return classOf(className(name), fields, getter);
}

function classOf(name, fields, more = []) {
  const lines = fields.map(([field, type]) => `  ${field}: ${type};`);
  return ["@unmanaged", `export class ${name} {`, ...lines, ...more, "}", ""];
}

function className(kernel) {
  return `${kernel[0].toUpperCase()}${kernel.slice(1)}Arguments`;
}

/** The texts of an exercise in NumPy: the file to be completed, and what to do with it. */

/** What the texts say about a layer. */
export interface PythonStub {
  /** `conv2d` */
  readonly layer: string;
  /** `conv2d.py` */
  readonly file: string;
  /** The pages that derive it: `derivations/conv2d-gradients.md`. */
  readonly chapters: readonly string[];
  /** A line for each name that is given, and one on what is to be returned. */
  readonly described: readonly string[];
  /** Every name that is given. */
  readonly names: readonly string[];
  /** Those that are None in some cases. */
  readonly optional: readonly string[];
  /** Those that are arrays of whole numbers, such as the classes of a loss. */
  readonly whole: readonly string[];
  /** `dX`, `dWeight`, `dBias` */
  readonly gradients: readonly string[];
}

const COLUMNS = 88;

/** The file with `backward` to be written, and a main part that runs it on every case. */
export function pythonStub(stub: PythonStub): string {
  const { layer, chapters, described, gradients, whole } = stub;
  const quoted = gradients.map((name) => `"${name}"`).join(", ");
  return `"""${layer}: its backward pass, to be written in NumPy.

Derive it first, on paper; then compare with ${chapters.join(", ")} of leibniz.

What backward is given; arrays are float64${whole.map((name) => `, ${name} is int64`).join("")}:

${described.map((line) => `    ${inPython(line)}`.trimEnd()).join("\n")}

${commands(stub)}
"""

from pathlib import Path

import numpy as np

GRADIENTS = [${quoted}]


${signature(stub)}
    # Yours. A gradient that is still None is not checked yet.
${gradients.map((name) => `    ${name} = None`).join("\n")}
    return {${gradients.map((name) => `"${name}": ${name}`).join(", ")}}


def main():
    here = Path(__file__).resolve().parent
    cases = sorted((here / "given").glob("*.npz"), key=lambda case: int(case.stem))
    for case in cases:  # what an earlier run left
        for name in GRADIENTS:
            (here / "answers" / case.stem / f"{name}.npy").unlink(missing_ok=True)
    for case in cases:
        with np.load(case) as arrays:
            # a number, a truth value or a word comes as an array without axes
            given = {
                name: array.item() if array.ndim == 0 else array
                for name, array in arrays.items()
            }
        answers = here / "answers" / case.stem
        answers.mkdir(parents=True, exist_ok=True)
        for name, gradient in backward(**given).items():
            if gradient is not None:
                np.save(answers / f"{name}.npy", gradient)
    print(f"{len(cases)} cases answered; now: ${checkCommand(layer)}")


if __name__ == "__main__":
    main()
`;
}

/** `README.txt` */
export function pythonReadme(stub: PythonStub): string {
  const { layer, file, gradients } = stub;
  const names = gradients.map((name) => `${name}.npy`).join(", ");
  return `${layer}: write its backward pass, in Python with NumPy or in any other language.

Write the function backward in ${file}; the text at its top says what it is given. Then,
in this folder:

${commands(stub)}

Any other language will do: read given/1.npz, a zip archive with one .npy for each name,
and write answers/1/${names.replaceAll(", ", ", answers/1/")}, of float64 or
float32; and so on for the other cases. What is missing there is reported as not written.
`;
}

/** What to run in the folder. */
function commands({ layer, file }: PythonStub): string {
  const rows = [
    [`python3 ${file}`, "runs it on every case, and writes answers/"],
    [checkCommand(layer), "says what is right, and what went wrong"],
    [`npx leibniz exercise ${layer} --python --hint 1`, "the first hint, then 2, 3, and so on"],
  ] as const;
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, does]) => `    ${command.padEnd(width)}  ${does}`).join("\n");
}

function checkCommand(layer: string): string {
  return `npx leibniz check ${layer} .`;
}

function inPython(line: string): string {
  return line
    .replace(/\bnull\b/g, "None")
    .replace(/\btrue or false\b/g, "True or False")
    .replaceAll("−1", "-1");
}

function signature({ names, optional }: PythonStub): string {
  const required = names.filter((name) => !optional.includes(name));
  const parameters = [...required, ...optional.map((name) => `${name}=None`)];
  const line = `def backward(${parameters.join(", ")}):`;
  if (line.length <= COLUMNS) return line;
  const lines: string[] = [];
  for (const parameter of parameters) {
    const last = lines.at(-1);
    if (last === undefined || last.length + parameter.length + 2 > COLUMNS)
      lines.push(`    ${parameter},`);
    else lines[lines.length - 1] = `${last} ${parameter},`;
  }
  return ["def backward(", ...lines, "):"].join("\n");
}

/** Hints for an exercise, taken from the chapter step by step: each a little more than the one before. */
import type { EmptiedFunction } from "./empty.js";

export interface Hint {
  /** What it belongs to: `conv2dInputBackward, (conv2d.8a)`. */
  readonly about: string;
  readonly text: string;
}

/**
 * For each function, in order: every step of the derivation that leads to its equations, then the equations as the code says
 * them, then what leibniz computes them with, and at last leibniz's own lines.
 *
 * @param chapters the text of each chapter by name
 * @param cited all tags that the layer's file cites: a derivation starts behind the last one of them
 */
export function hintsFor(functions: readonly EmptiedFunction[], chapters: ReadonlyMap<string, string>, cited: readonly string[]): readonly Hint[] {
  return functions.flatMap(({ name, equations, lines }) => [
    ...equations.flatMap(({ tag }) => derivationOf(tag, chapters, cited).map((step) => ({ about: `${name}, (${step.tag})`, text: step.text }))),
    { about: `${name}, in short`, text: equations.map(({ tag, formula }) => `(${tag}) ${formula}`).join("\n") },
    { about: `${name}, what it takes`, text: toolsOf(lines) },
    { about: `${name}, as leibniz has it`, text: lines.join("\n") },
  ]);
}

interface Step {
  readonly tag: string;
  readonly text: string;
}

/** The steps between the equation that the code cites before this one, and this one. */
function derivationOf(tag: string, chapters: ReadonlyMap<string, string>, cited: readonly string[]): readonly Step[] {
  const name = tag.slice(0, tag.lastIndexOf("."));
  const steps = readSteps(chapters.get(name) ?? "", `derivations/${name}.md`);
  const end = steps.findIndex((step) => step.tag === tag);
  const before = steps.slice(0, Math.max(0, end)).findLastIndex((step) => cited.includes(step.tag));
  return steps.slice(before + 1, end + 1);
}

/** Every tagged equation of a chapter: the paragraphs that lead to it, and the block below it. */
export function readSteps(markdown: string, path: string): readonly Step[] {
  const steps: Step[] = [];
  let prose: string[] = [];
  const lines = markdown.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (/^`{3}/.test(line)) {
      const end = lines.indexOf("```", i + 1);
      if (line.startsWith("```ts equation") && steps.length > 0) {
        const last = steps.pop()!;
        steps.push({ tag: last.tag, text: `${last.text}\n\n${lines.slice(i + 1, end).map((code) => `    ${code}`).join("\n")}` });
      }
      i = end < 0 ? lines.length : end;
    } else if (line.startsWith("$$")) {
      const end = line.length > 2 && line.endsWith("$$") ? i : lines.indexOf("$$", i + 1);
      const tag = /\\tag\{([^}]*)\}/.exec(lines.slice(i, end + 1).join("\n"))?.[1];
      if (tag !== undefined) {
        steps.push({ tag, text: `${plain(paragraphs(prose))}\n(${path}, line ${i + 1})` });
        prose = [];
      }
      i = end < 0 ? lines.length : end;
    } else if (/^(#|\|)/.test(line)) prose = [];
    else prose.push(line);
  }
  return steps;
}

function paragraphs(lines: readonly string[]): string {
  return lines.join("\n").replace(/\n{3,}/g, "\n\n").trim();
}

const SIGNS: Readonly<Record<string, string>> = {
  cdot: "·", sum: "Σ", delta: "δ", partial: "∂", odot: "⊙", le: "≤", ge: "≥", lt: "<", gt: ">", ne: "≠", times: "×", infty: "∞", Delta: "Δ", mu: "μ", sigma: "σ", rho: "ρ", epsilon: "ε", varepsilon: "ε",
};

/** Prose for a terminal: formulas inside a line in plain signs, links without their targets. */
function plain(markdown: string): string {
  const formula = (latex: string): string =>
    latex
      .replace(/\\(?:mathrm|mathbf|text|mathsf)\s*\{([^}]*)\}/g, "$1")
      .replace(/\^\{?\\mathsf T\}?|\^\{T\}/g, "ᵀ")
      .replace(/\\hat (\w)/g, "$1\u0302")
      .replace(/\\([a-zA-Z]+)/g, (whole, name: string) => SIGNS[name] ?? whole)
      .replace(/\\[,;:!]/g, " ")
      .replace(/[{}]/g, "");
  return markdown.replace(/\$([^$]+)\$/g, (_, latex: string) => formula(latex)).replace(/\[([^\]]+)\]\([^)]+\)/g, "$1").replace(/\*([^*\n]+)\*/g, "$1");
}

/** The functions that the shipped lines call, by name. */
function toolsOf(lines: readonly string[]): string {
  const called = lines.filter((line) => !line.trim().startsWith("//")).flatMap((line) => [...line.matchAll(/\b(?:backend\.)?[a-z]\w*(?=\()/g)].map((found) => found[0]));
  const names = [...new Set(called)];
  const where = [...(names.some((name) => name.startsWith("backend.")) ? ["src/kernels/backend.ts says what each primitive of the backend does"] : []), "src/tensor has the operations on tensors"];
  return `${names.join(", ")}\n(${where.join("; ")})`;
}

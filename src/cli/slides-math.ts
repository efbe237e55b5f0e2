/** The chapters' formulas as MathML, which every browser draws without fonts or scripts. */
import { plainFormula } from "../checks/index.js";
import { element, escape } from "../figures/index.js";

/** Commands whose argument is set upright. */
const UPRIGHT = new Set(["mathrm", "text", "mathsf", "mathbf", "mathcal"]);
/** Signs that are put above a letter. */
const ACCENTS: Readonly<Record<string, string>> = { hat: "^", bar: "¯", overline: "¯", tilde: "~" };
/** Spaces, in em. */
const SPACES: Readonly<Record<string, number>> = {
  quad: 1,
  qquad: 2,
  enspace: 0.5,
  thinspace: 0.17,
  ",": 0.17,
  ";": 0.28,
  ":": 0.22,
  " ": 0.25,
};
/** Brackets keep their size, unless one of these comes first: how high they are then, in em. */
const SIZES: Readonly<Record<string, number>> = {
  ...{ left: 1.2, right: 1.2, bigl: 1.2, bigr: 1.2 },
  ...{ Bigl: 1.8, Bigr: 1.8 },
};
const BRACKET = /^[()[\]{}|‖⌊⌋⌈⌉⟨⟩]$/;
/** What a small index is put below of, not beside, where there is room. */
const WITH_LIMITS = new Set(["sum", "prod", "max", "min", "lim"]);
/** Signs that are larger in a formula than in prose. */
const LARGE: Readonly<Record<string, string>> = { sum: "∑", prod: "∏", int: "∫" };
const BOLD: Readonly<Record<string, string>> = { "0": "𝟎", "1": "𝟏" };

/**
 * A formula as an element `math`.
 *
 * @param latex in the chapters' part of LaTeX; its tag is left out
 * @param isDisplay whether it has a line of its own
 * @param goesOn whether it is a part of a formula, not the first: a minus is then between two terms
 */
export function mathFormula(latex: string, isDisplay: boolean, goesOn = false): string {
  const source = latex.replace(/\\tag\s*\{[^}]*\}/, "").trim();
  const reader = new Reader(source);
  return element(
    "math",
    { displaystyle: isDisplay ? "true" : null },
    reader.row(isDisplay, goesOn),
  );
}

/** Reads LaTeX from left to right. */
class Reader {
  private readonly latex: string;
  private at = 0;
  /** Whether what is read is the first of a part that goes on. */
  private goesOn = false;
  /** Of the bracket that follows. */
  private size: number | null = null;

  constructor(latex: string) {
    this.latex = latex;
  }

  /** All up to a closing brace, a column's or a row's end, or the end. */
  row(isDisplay: boolean, goesOn = false): string {
    const parts: string[] = [];
    while (!this.isAtEnd()) {
      this.goesOn = goesOn && parts.length === 0;
      const command = /^\\(sum|prod|max|min|lim)(?![a-zA-Z])/.exec(this.rest())?.[1];
      const isCommand = /^\\(?!math|text)/.test(this.rest());
      const hasLimits = isDisplay && command !== undefined && WITH_LIMITS.has(command);
      const base = this.atom();
      if (base === "") continue;
      parts.push(this.withScripts(base, hasLimits));
      // `log x`, but `log(x)`
      const isFunction = />[a-z]{2,}<\/mi>$/.test(base) && !base.startsWith("<mi mathvariant");
      if (
        isFunction &&
        isCommand &&
        !this.isAtEnd() &&
        !/^(?:\\Bigl|\\bigl)?[(,]/.test(this.rest())
      )
        parts.push(space(SPACES[","]!));
    }
    return parts.join("");
  }

  private rest(): string {
    return this.latex.slice(this.at);
  }

  private isAtEnd(): boolean {
    this.skipSpace();
    return (
      this.at >= this.latex.length ||
      /^(?:\}|&|\\cr(?![a-zA-Z])|\\end(?![a-zA-Z]))/.test(this.rest())
    );
  }

  private skipSpace(): void {
    this.at += /^\s*/.exec(this.rest())![0].length;
  }

  private take(pattern: RegExp): string | null {
    const found = pattern.exec(this.rest());
    if (found === null) return null;
    this.at += found[0].length;
    return found[0];
  }

  private atom(): string {
    const number = this.take(/^\d+(?:[.,]\d+)*/);
    if (number !== null) return element("mn", {}, number);
    const command = this.take(/^\\(?:[a-zA-Z]+|.)/s);
    if (command !== null) return this.command(command.slice(1));
    if (this.rest().startsWith("{")) return element("mrow", {}, this.group());
    const sign = String.fromCodePoint(this.latex.codePointAt(this.at)!);
    this.at += sign.length;
    if (sign === "^" || sign === "_") return ""; // without a base
    if (/\p{L}/u.test(sign)) return element("mi", {}, sign);
    return this.operator({ "-": "−", "'": "′", "*": "∗" }[sign] ?? sign);
  }

  private command(name: string): string {
    if (SIZES[name] !== undefined) this.size = SIZES[name];
    if (SIZES[name] !== undefined || name === "!" || name === "mathrel") return "";
    if (SPACES[name] !== undefined) return space(SPACES[name]);
    if (UPRIGHT.has(name)) return upright(name, this.words());
    if (name === "begin") return this.matrix();
    if (name === "frac") {
      const [above, below] = [this.argument(), this.argument()];
      return element("mfrac", {}, above + below);
    }
    if (name === "sqrt") return element("msqrt", {}, this.argument());
    const accent = ACCENTS[name];
    if (accent !== undefined)
      return element(
        "mover",
        { accent: "true" },
        this.argument() + element("mo", { stretchy: "false" }, accent),
      );
    const sign = LARGE[name] ?? plainFormula(`\\${name}`);
    if (/^[a-z]{2,}$/.test(sign)) return element("mi", {}, sign); // a function, such as exp
    return /^\p{L}/u.test(sign) ? element("mi", {}, sign) : this.operator(sign);
  }

  private operator(sign: string): string {
    const isBracket = BRACKET.test(sign);
    const size = this.size === null ? null : `${this.size}em`;
    if (isBracket) this.size = null;
    if (isBracket)
      return element(
        "mo",
        { stretchy: String(size !== null), minsize: size, maxsize: size },
        escape(sign),
      );
    const isBetween = this.goesOn && /^[=+−<>·⊙∗≤≥≈←→⇒]$/.test(sign);
    return element("mo", { form: isBetween ? "infix" : null }, escape(sign));
  }

  /** `{…}`, or the one sign in its place, as one element. */
  private argument(): string {
    this.skipSpace();
    if (this.rest().startsWith("{")) return element("mrow", {}, this.group());
    return element("mrow", {}, this.atom());
  }

  private group(): string {
    this.at++; // {
    const inside = this.row(false);
    this.take(/^\}/);
    return inside;
  }

  /** What stands in braces, as text; or the next sign or command. */
  private words(): string {
    this.skipSpace();
    const braced = this.take(/^\{(?:[^{}]|\{[^{}]*\})*\}/);
    if (braced !== null) return braced.slice(1, -1);
    return this.take(/^(?:\\[a-zA-Z]+|[\s\S])/) ?? "";
  }

  private withScripts(base: string, hasLimits: boolean): string {
    let [below, above] = ["", ""];
    for (;;) {
      this.skipSpace();
      if (this.take(/^_/) !== null) below = this.argument();
      else if (this.take(/^\^/) !== null) above = this.argument();
      else break;
    }
    const [under, over] = hasLimits ? ["munder", "mover"] : ["msub", "msup"];
    if (below !== "" && above !== "")
      return element(hasLimits ? "munderover" : "msubsup", {}, base + below + above);
    if (below !== "") return element(under!, {}, base + below);
    return above === "" ? base : element(over!, {}, base + above);
  }

  /** `\begin{pmatrix} a & b \cr c & d \end{pmatrix}` */
  private matrix(): string {
    this.words();
    const rows: string[][] = [[]];
    for (;;) {
      rows.at(-1)!.push(element("mtd", {}, this.row(false)));
      if (this.take(/^&/) !== null) continue;
      if (this.take(/^\\cr(?![a-zA-Z])/) === null) break;
      rows.push([]);
    }
    this.take(/^\\end(?![a-zA-Z])/);
    this.words();
    const table = rows.map((cells) => element("mtr", {}, cells));
    return element("mrow", {}, [
      element("mo", {}, "("),
      element("mtable", {}, table),
      element("mo", {}, ")"),
    ]);
  }
}

function space(width: number): string {
  return element("mspace", { width: `${width}em` });
}

/** Names of several letters; a part of them may be a command, as in `\mathrm{d\hat X}`. */
function upright(command: string, words: string): string {
  if (command === "text") return element("mtext", {}, escape(words.replace(/^ | $/g, "\u00a0")));
  if (command === "mathbf" && BOLD[words] !== undefined) return element("mn", {}, BOLD[words]);
  const name = plainFormula(words);
  return element("mi", { mathvariant: [...name].length === 1 ? "normal" : null }, escape(name));
}

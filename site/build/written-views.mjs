/**
 * ndarray writes the class of a view as text when the first of its kind is made, and evaluates it,
 * which a page with a strict policy forbids. Here the texts are written out when the site is built:
 * the same code, compiled with everything else.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const FILE = require.resolve("ndarray");

/** What tensors are made of, and how many axes theirs may have. */
const ARRAYS = [Float32Array, Float64Array];
const MOST_AXES = 8;

/** A class's name in its text: `View3dfloat64`. */
const NAME = /function (View\w+)\(/;

/** All texts that ndarray evaluates for such arrays, by the name of their class. */
function texts() {
  const found = new Map();
  const Recorder = function Recorder(...words) {
    const name = NAME.exec(words.at(-1))[1];
    found.set(name, { parameters: words.slice(0, -1), text: words.at(-1) });
    return Function(...words);
  };
  const module = { exports: {} };
  const wrapped = Function("require", "module", "exports", "Function", source());
  wrapped(createRequire(FILE), module, module.exports, Recorder);
  for (const Kind of ARRAYS)
    for (let axes = 0; axes <= MOST_AXES; axes++)
      module.exports(new Kind(1), Array(axes).fill(1), Array(axes).fill(1), 0);
  return found;
}

const source = () => readFileSync(FILE, "utf8");

/** @returns {string} ndarray's module with its classes written out */
function writtenOut() {
  const entries = [...texts()].map(
    ([name, { parameters, text }]) => `${name}: function(${parameters}) {${text}\n}`,
  );
  let replaced = 0;
  const module = source().replace(/new Function\([^\n]*\)$/gm, () => {
    replaced++;
    return "WRITTEN[className]";
  });
  if (replaced !== 3) throw new Error(`ndarray: expected 3 evaluated texts, got ${replaced}`);
  return `var WRITTEN = {\n${entries.join(",\n")}\n};\n${module}`;
}

/** For esbuild. */
export const writtenViews = {
  name: "written-views",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]ndarray[\\/]ndarray\.js$/ }, () => ({ contents: writtenOut() }));
  },
};

/** Mutations of a layer's backward pass: in its text, and in what it returns. */
import { type Mutation, mutationsOf, type Place } from "../derive/mutations.js";
import { closingBracket } from "./brackets.js";
import { returned, SPOILERS, spoiled } from "./spoil.js";

/** A layer's module with one mutation in it. */
export interface PlantedMutation {
  /** `conv2dBackward: dX is 0.1 % too large` */
  readonly what: string;
  /** The whole module, as JavaScript. */
  readonly text: string;
  /**
   * What else can be wrong in that place, one after the other until something computes: two
   * arguments of different kinds can be exchanged, but nothing comes of it.
   */
  readonly instead?: readonly PlantedMutation[];
}

/** A changed text of a function. */
interface Change {
  readonly change: string;
  readonly source: string;
  readonly instead?: readonly Change[];
}

/**
 * Mutations of every exported `…Backward` or `…Slope` that implements an equation: each small
 * change of its text, and each way of spoiling the gradients that it returns.
 *
 * @param module a compiled file of `src/backprop`
 */
export function plantMutations(module: string): readonly PlantedMutation[] {
  const planted: PlantedMutation[] = [];
  for (const found of module.matchAll(
    /^export (?:async )?function (\w+(?:Backward|Slope))\([^\n]*\{\n([\s\S]*?)^\}/gm,
  )) {
    const [whole, name, body] = found as unknown as [string, string, string];
    if (!/\/\/ \([\w-]+\.\d+[a-z]?\) /.test(body)) continue;
    const put = (text: string): string =>
      module.slice(0, found.index) + text + module.slice(found.index + whole.length);
    const head = whole.slice(0, whole.indexOf("{\n") + 2);
    const changed = ({ change, source, instead = [] }: Change): PlantedMutation => ({
      what: `${name}: ${change}`,
      text: put(`${head}${source}}${source.includes("moved(") ? MOVED : ""}`),
      instead: instead.map(changed),
    });
    planted.push(...changesOf(withoutChecks(body)).map(changed));
    const right = whole.replace(`export async function ${name}(`, `async function right_${name}(`);
    for (const gradient of returned(body))
      for (const [what, code] of SPOILERS)
        planted.push({
          what: `${name}: ${gradient} ${what}`,
          text: put(`${right}\n${spoiled(name, gradient, code)}`),
        });
  }
  return planted;
}

/** The body without the check of dOut, which computes nothing: a mutation of it could only stop. */
function withoutChecks(body: string): string {
  return body.replace(/^\s*checkDOut\([\s\S]*?\);\n/gm, "");
}

/** The small changes of a function's text. */
function changesOf(body: string): readonly Change[] {
  const shapes = reshapes(body);
  const isExtent = ({ at }: Mutation): boolean =>
    shapes.some((shape) => at > shape.at && at < shape.at + shape.length);
  return [
    // another extent is another number of entries: it stops, or does nothing
    ...mutationsOf(body)
      .filter((mutation) => !isExtent(mutation))
      .map((mutation) => ({ ...mutation, instead: movedArguments(body, mutation) })),
    ...flippedFlags(body),
    ...shapes.flatMap((shape) => inColumnMajorOrder(body, shape)),
  ];
}

/** For two arguments that were exchanged: each of them in its place, but with wrong numbers. */
function movedArguments(body: string, { exchanged }: Mutation): readonly Change[] {
  const places: readonly Place[] = exchanged ?? [];
  return places.map((place) => {
    const argument = body.slice(place.at, place.at + place.length);
    return {
      change: `${argument} is off by one in ${callAround(body, place)}`,
      source: replaced(body, place, `moved(${argument})`),
    };
  });
}

/**
 * Put into a module: the same argument with its entries moved by one, or, for a geometry, with
 * windows that begin one row higher.
 */
const MOVED = `
function moved(argument) {
  const shifted = (data) => data.map((_, i) => data.at(i - 1));
  if (argument.padH !== undefined) return { ...argument, padH: argument.padH + 1 };
  if (argument.shape === undefined && argument.data !== undefined)
    return new argument.constructor(shifted(argument.data));
  if (argument.layOut !== undefined) return moved(argument.layOut());
  if (argument.clone === undefined) throw new Error("there are no numbers in it");
  const copy = argument.clone();
  copy.data.set(shifted(copy.data));
  return copy;
}`;

/** `transposeA: true` → `transposeA: false` */
function flippedFlags(body: string): readonly Change[] {
  return [...body.matchAll(/\b(\w+): (true|false)\b/g)].map(
    ({ index, 0: flag, 1: name, 2: value }) => {
      const flipped = `${name}: ${value === "true" ? "false" : "true"}`;
      const place = { at: index, length: flag.length };
      return { change: `${flag} → ${flipped}`, source: replaced(body, place, flipped) };
    },
  );
}

/** The arguments of every `reshape`, with their parentheses. */
function reshapes(body: string): readonly Place[] {
  return [...body.matchAll(/\.reshape\(/g)].map(({ index, 0: call }) => {
    const at = index + call.length - 1;
    return { at, length: closingBracket(body, at) + 1 - at };
  });
}

/**
 * `reshape(shape)` → `reshape(…).transpose()`, the right shape with its numbers read column by
 * column; nothing for a shape with one axis, which has one order.
 */
function inColumnMajorOrder(body: string, shape: Place): readonly Change[] {
  const argument = body.slice(shape.at + 1, shape.at + shape.length - 1);
  if (/^\[[^,]*\]$/.test(argument)) return [];
  const source = replaced(body, shape, `([...${argument}].reverse()).transpose()`);
  return [{ change: `reshape(${argument}) in column-major order`, source }];
}

function replaced(text: string, { at, length }: Place, by: string): string {
  return text.slice(0, at) + by + text.slice(at + length);
}

/** The call that an argument belongs to: `maxPool2dBackward(dOut, argmax, geometry)`. */
function callAround(body: string, { at }: Place): string {
  const open = body.lastIndexOf("(", at);
  const name = /[\w$]+$/.exec(body.slice(0, open))![0];
  return name + body.slice(open, closingBracket(body, open) + 1).replace(/\s+/g, " ");
}

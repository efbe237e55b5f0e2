/**
 * TypeScript made JavaScript by leaving out its types: by Node itself from 22.13 on, by the package
 * esbuild before.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError, nodeModule } from "../tensor/index.js";

/** Returns JavaScript that ends with a map of its lines, or refuses the text. */
type Strip = (text: string, source: string, refuse: Refuse) => string | Promise<string>;

/** @param line from 1 */
type Refuse = (line: number, what: string) => never;

/**
 * @param text TypeScript whose types can be left out: without enums or parameter properties
 * @param path of its file, for messages and for the map that leads back to its lines
 * @returns JavaScript with that map at its end
 * @throws InputError naming the line that is no TypeScript, or when nothing here can read it
 */
export async function stripTypes(text: string, path: string): Promise<string> {
  const strip = nodeStrip() ?? (await esbuildStrip());
  if (strip === null)
    throw new InputError(
      `${path}: expected Node 22.13 or newer, or the package esbuild, to read TypeScript with, ` +
        `got Node ${process.versions.node} alone; run npm install esbuild`,
    );
  return strip(text, pathToFileURL(resolve(path)).href, (line, what) => {
    const shown = text.split("\n")[line - 1]?.trim() ?? "";
    throw new InputError(`${path}:${line}: expected TypeScript, but ${what} (${shown})`);
  });
}

function nodeStrip(): Strip | null {
  const { stripTypeScriptTypes: strip } = nodeModule<{
    readonly stripTypeScriptTypes?: (code: string) => string;
  }>("node:module");
  if (strip === undefined) return null;
  return (text, source, refuse) => {
    // Node warns that it is an experiment, which is no reader's concern
    const { emitWarning } = process;
    process.emitWarning = () => {};
    try {
      // it leaves blanks where types were, so every line stays where it is
      return `${strip(text)}\n${mapOfLines(source, text.split("\n").length)}\n`;
    } catch (error) {
      const { message, stack = "" } = error as Error;
      return refuse(Number(/^\S*:(\d+)\n/.exec(stack)?.[1] ?? 1), message);
    } finally {
      process.emitWarning = emitWarning;
    }
  };
}

/** A source map in which each line comes from the line of its number. */
function mapOfLines(source: string, count: number): string {
  const mappings = ["AAAA", ...Array(count - 1).fill("AACA")].join(";");
  const map = JSON.stringify({ version: 3, sources: [source], names: [], mappings });
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
}

async function esbuildStrip(): Promise<Strip | null> {
  const esbuild = await import("esbuild").catch(() => null);
  if (esbuild === null) return null;
  return async (text, sourcefile, refuse) => {
    try {
      const options = { loader: "ts", target: "es2022", logLevel: "silent", sourcefile } as const;
      return (await esbuild.transform(text, { ...options, sourcemap: "inline" })).code;
    } catch (error) {
      const { errors = [] } = error as Partial<import("esbuild").TransformFailure>;
      if (errors[0] === undefined) throw error;
      return refuse(errors[0].location?.line ?? 1, errors[0].text);
    }
  };
}

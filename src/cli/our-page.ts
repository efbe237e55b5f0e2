/** A page is written over an older one, and over nothing else. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { reject } from "../tensor/index.js";
import { onFailure } from "./files.js";

/** What every page of leibniz begins with. */
const MARK = '<meta name="generator" content="leibniz"/>';

/** @throws InputError when there is a file that is no page of leibniz, which would be lost */
export function checkIsOurs(path: string, where = "--out"): void {
  const found = onFailure(`cannot read ${path}`, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined || !found.isFile() || found.size === 0) return;
  const start = onFailure(`cannot read ${path}`, () => startOf(path));
  if (start.includes(MARK)) return;
  reject(where, "a new file, or a page of leibniz", path, "nothing was overwritten");
}

function startOf(path: string): Buffer {
  const start = Buffer.alloc(1000);
  const file = openSync(path, "r");
  try {
    readSync(file, start, 0, start.length, 0);
    return start;
  } finally {
    closeSync(file);
  }
}

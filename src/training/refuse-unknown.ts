import { reject } from "../tensor/index.js";

/** @throws InputError when there is an option that nobody knows, naming it */
export function refuseUnknown(where: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    reject(where, "options in an object", String(options));
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = known.find((name) => name.toLowerCase() === unknown.toLowerCase());
  const hint = near === undefined ? undefined : `write ${near}`;
  reject(where, `options out of ${known.join(", ")}`, unknown, hint);
}

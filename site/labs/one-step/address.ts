/** Numbers of tensors in a link: `conv1.dWeight-7`, and a path of them with `~` in between. */
import type { Address } from "leibniz/tracing";
import type { Field } from "../frame/fields.js";

const ADDRESS = /^([A-Za-z][A-Za-z0-9.]{0,39})-(\d{1,4})$/;

/** How long a path may be. */
export const LONGEST_PATH = 24;

export const written = ({ tensor, index }: Address): string => `${tensor}-${index}`;

/** @returns null for a text that is none */
export function addressOf(text: string): Address | null {
  const found = ADDRESS.exec(text);
  return found === null ? null : { tensor: found[1]!, index: Number(found[2]) };
}

/** The addresses of a path, from where one began to where one is; `none` has no address. */
export const pathOf = (text: string): Address[] =>
  text === "none" ? [] : text.split("~").map((one) => addressOf(one)!);

export const writtenPath = (path: readonly Address[]): string =>
  path.length === 0 ? "none" : path.map(written).join("~");

export const isSameAddress = (a: Address | undefined, b: Address): boolean =>
  a?.tensor === b.tensor && a.index === b.index;

/** A field that holds one number's address. */
export const addressField = (initial: string): Field<string> => ({
  initial,
  expected: "a tensor's name and an index, such as conv1.weight-4",
  read: (text) => (addressOf(text) === null ? null : text),
  write: (value) => value,
});

/** A field that holds a path. */
export const pathField = (initial: string): Field<string> => ({
  initial,
  expected: `at most ${LONGEST_PATH} addresses such as conv1.dWeight-4, with ~ between them`,
  read: (text) => {
    if (text === "none") return text;
    const parts = text.slice(0, 50 * LONGEST_PATH).split("~");
    const isRight = parts.length <= LONGEST_PATH && parts.every((one) => addressOf(one) !== null);
    return isRight && text.length < 50 * LONGEST_PATH ? text : null;
  },
  write: (value) => value,
});

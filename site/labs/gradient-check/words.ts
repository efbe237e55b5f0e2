/** Numbers and verdicts in words. */
import type { Verdict } from "leibniz/gradcheck";
import { shortNumber } from "../frame/short-number.js";

/** `1e-3`, `1.8e-6`: a step or an error to two digits. */
export function power(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return shortNumber(value);
  if (value >= 0.01 && value < 100) return String(Number(value.toPrecision(2)));
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${digits!.replace(/\.0$/, "")}e${exponent!.replace("+", "").replace("-", "−")}`;
}

/** The same to one digit, for a small cell. */
export function roughPower(value: number): string {
  if (value === 0 || !Number.isFinite(value) || (value >= 0.01 && value < 100)) return power(value);
  return value.toExponential(0).replace("e+", "e").replace("e-", "e−");
}

/** Twelve digits and a true minus sign: enough to see where two numbers part. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return shortNumber(value);
  return String(Number(value.toPrecision(12))).replaceAll("-", "−");
}

/** A verdict's sign, which is no colour. */
export const SIGNS: Readonly<Record<Verdict, string>> = {
  pass: "✓",
  wrong: "✗",
  kink: "∧",
  noise: "~",
  domain: "∅",
};

export const MEANINGS: Readonly<Record<Verdict, string>> = {
  pass: "both agree",
  wrong: "they differ by more than the measurement can be off",
  kink: "a choice flips within the step: there is no derivative to compare with",
  noise: "they differ, but the measurement is too poor to blame backward",
  domain: "every step leaves the function's domain",
};

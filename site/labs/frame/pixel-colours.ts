/** The colours of pixels: steps of the figures' palettes, as the style sheet has them now. */
import type { Scale } from "./shades.js";
import { STEPS } from "./shades.js";

/**
 * What numbers look like as pixels. `light`: 0 is black, 1 is white, three numbers are red, green
 * and blue. The others as in a grid of numbers, without steps between shades.
 */
export type PixelScale = Exclude<Scale, "plain"> | "light";

type Colour = readonly [red: number, green: number, blue: number];

/** The colour of a pixel's numbers; null for a number that is not finite, which is left blank. */
export type Colouring = (numbers: readonly number[]) => Colour | null;

/** @param largest the number of the strongest colour */
export function colouring(
  scale: PixelScale,
  largest: number,
  style: CSSStyleDeclaration,
): Colouring {
  if (scale === "light") return (numbers) => (numbers.every(Number.isFinite) ? lit(numbers) : null);
  const kind = scale === "gradient" ? "g" : "f";
  const side = (name: string): Colour[] => [
    parsed(style.getPropertyValue("--paper")),
    ...Array.from({ length: STEPS }, (_, i) =>
      parsed(style.getPropertyValue(`--${kind}-${name}-${i + 1}`)),
    ),
  ];
  const [plus, minus] = [side("plus"), side("minus")];
  return ([value = 0]) => {
    if (!Number.isFinite(value)) return null;
    const share = largest === 0 ? 0 : Math.min(1, Math.abs(value) / largest);
    return between(scale === "amount" || value < 0 ? minus : plus, share);
  };
}

function lit(numbers: readonly number[]): Colour {
  const [red, green, blue] = numbers.length === 3 ? numbers : [numbers[0], numbers[0], numbers[0]];
  return [byteOf(red!), byteOf(green!), byteOf(blue!)];
}

const byteOf = (share: number): number => Math.round(255 * Math.min(1, Math.max(0, share)));

/** Between the two shades around a share. */
function between(shades: readonly Colour[], share: number): Colour {
  const at = share * (shades.length - 1);
  const below = Math.min(shades.length - 2, Math.floor(at));
  const [low, high] = [shades[below]!, shades[below + 1]!];
  const mixed = (part: 0 | 1 | 2): number =>
    Math.round(low[part] + (at - below) * (high[part] - low[part]));
  return [mixed(0), mixed(1), mixed(2)];
}

function parsed(text: string): Colour {
  const [, digits = "000000"] = /^\s*#([0-9a-f]{3,6})\s*$/i.exec(text) ?? [];
  const long = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const part = (at: number): number => Number.parseInt(long.slice(at, at + 2), 16);
  return [part(0), part(2), part(4)];
}

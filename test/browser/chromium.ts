/** Where Chromium is, and how it is started. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian, Ubuntu and Google's own package put it. `CHROMIUM` names another place. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * As root there is no sandbox, which is what a container has. Nothing is fetched behind our back.
 * SwiftShader computes on the processor what a graphics card would, so that WebGL and WebGPU are
 * there on every machine.
 */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** What to tell whoever has no Chromium. */
export const HOW_TO_GET_IT =
  "install Chromium (Debian: apt-get install chromium), or set CHROMIUM to where it is";

/**
 * @returns the path of the program, or `null` when there is none
 * @throws Error when there is none and the variable REQUIRE_BROWSER says that there must be
 */
export function findChromium(
  { CHROMIUM, REQUIRE_BROWSER }: NodeJS.ProcessEnv = process.env,
): string | null {
  const places = CHROMIUM ? [CHROMIUM] : PLACES;
  const found = places.find((place) => existsSync(place)) ?? null;
  if (found === null && REQUIRE_BROWSER)
    throw new Error(
      `browser tests: expected Chromium, got none at ${places.join(", ")}; ${HOW_TO_GET_IT}`,
    );
  return found;
}

/** Starts it without a window and with a fresh profile. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
}

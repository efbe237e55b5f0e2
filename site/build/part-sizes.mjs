/**
 * How tall a part will be, roughly, until the browser has laid it out (parts.css): so that the
 * scroll bar says how long a page is. Of 289 parts of eleven pages, at 1440 pixels, half are off by
 * less than 9 %. An attribute says it, since pages have no styles of their own.
 */

/** Pixels for each letter that is not folded away, each pixel of a picture, and a heading. */
const [LETTER, PICTURE, HEADING] = [0.63, 1.28, 128];
const PIXELS_A_REM = 18;

/** From step to step, heights grow by this factor. */
const FACTOR = 1.3;
const STEPS = 26;

/**
 * Puts an attribute such as `data-tall="9"` on each part.
 *
 * @param {string} html of a page
 */
export const withSizes = (html) =>
  html.replace(
    /(<section class="part\b[^>]*)>(.*?)(?=<\/section>)/gs,
    (_all, tag, content) => `${tag} data-tall="${stepOf(content)}">${content}`,
  );

function stepOf(content) {
  const shown = content.replace(/<details.*?<\/details>/gs, "");
  const pictures = [...shown.matchAll(/<img[^>]* height="(\d+)"/g)];
  const height = pictures.reduce((sum, [, pixels]) => sum + Number(pixels), 0);
  const letters = shown.replace(/<[^>]*>/g, "").length;
  const rem = (LETTER * letters + PICTURE * height + HEADING) / PIXELS_A_REM;
  return Math.min(STEPS, Math.round(Math.log(rem) / Math.log(FACTOR)));
}

/** The height that each step stands for. */
export const partStyles = () =>
  Array.from(
    { length: STEPS },
    (_, at) => `[data-tall="${at + 1}"]{--tall:${Math.round(FACTOR ** (at + 1))}rem}`,
  ).join("");

/** What the home page shows of its network: pictures of channels, bars, and the verdict. */

/** Pixels between the channels of a picture, and how many of them are side by side. */
const [GAP, MOST_COLUMNS] = [2, 3];
/** The colour of a pixel; how strong it is, is in its opacity, so that it fits light and dark. */
const INK = [0x1f, 0x77, 0xb4];
/** Units of a bar that is whole, and of the shortest that can be seen. */
const [WHOLE_BAR, LEAST_BAR] = [110, 0.75];

/** The channels of an image beside each other, RGBA: the larger a number, the stronger. */
export function tiles({ shape, data }) {
  const [, channels, height, width] = shape;
  const columns = Math.min(MOST_COLUMNS, channels);
  const extent = (size, count) => size * count + GAP * (count - 1);
  const [across, down] = [extent(width, columns), extent(height, Math.ceil(channels / columns))];
  const rgba = new Uint8ClampedArray(across * down * 4);
  const largest = data.reduce((most, value) => Math.max(most, value), 0) || 1;
  for (let c = 0; c < channels; c++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++) {
        const value = Math.max(0, data[(c * height + h) * width + w]) / largest;
        const row = Math.floor(c / columns) * (height + GAP) + h;
        const column = (c % columns) * (width + GAP) + w;
        rgba.set([...INK, Math.round(255 * value)], (row * across + column) * 4);
      }
  return { width: across, height: down, data: rgba };
}

/** How long the bar of a probability is. */
export const barOf = (probability) => Math.max(LEAST_BAR, WHOLE_BAR * probability).toFixed(2);

/** The most probable digit in words: `a 4, 99.9 %`. */
export function verdictOf(probabilities) {
  const said = probabilities.indexOf(Math.max(...probabilities));
  return { said, words: `${said === 8 ? "an" : "a"} ${said}, ${percent(probabilities[said])}` };
}

/** Never 100 %, which no softmax says. */
const percent = (probability) =>
  probability >= 0.9995 ? "over 99.9 %" : `${(100 * probability).toFixed(1)} %`;

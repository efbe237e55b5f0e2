/** The names of a picture's channels. */
export const CHANNELS = ["red", "green", "blue"] as const;

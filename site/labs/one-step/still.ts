/** What is seen without script: one number traced from the update back to the image. */
import { initialState } from "../frame/fields.js";
import { compute } from "./compute.js";
import { fields } from "./state.js";

export async function still(): Promise<string> {
  const { losses } = await compute(initialState(fields));
  return `<p>loss: ${losses.join(" ")}</p>`;
}

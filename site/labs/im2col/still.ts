/** What is seen of the microscope without script. */
import { initialState } from "../frame/fields.js";
import { compute } from "./compute.js";
import { fields } from "./state.js";

export async function still(): Promise<string> {
  const { out } = await compute(initialState(fields));
  return `<p>out: ${out.join(" ")}</p>`;
}

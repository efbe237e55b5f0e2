/** What the process that grades a reader's file loads, in this order. */
import "./frozen.js";

export { default } from "./grade.js";

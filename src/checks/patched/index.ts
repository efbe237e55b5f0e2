export { PatchedFailure, runPatched, type PatchedTask } from "./run-patched.js";

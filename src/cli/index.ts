/** The command line. */
export { program, runProgram } from "./program.js";
export { readFile, readText, writeFileWhole } from "./files.js";
export { encodeNpy } from "./npy.js";

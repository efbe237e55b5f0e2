/** The command line. */
export { runProgram } from "./program.js";
export { readFile, readText, writeFileWhole } from "./files.js";
export { encodeNpy } from "./npy.js";
export { formatConfusion } from "./confusion.js";

export { scratchBytes } from "./generated/table";
export { runJob, work } from "./threads";
export { multiplyAdds, readMemory, writeMemory } from "./limits";

export { runJob, work } from "./jobs";
export { multiplyAdds, readMemory, writeMemory } from "./limits";

export { compiledModule } from "./compiled-module.js";
export { runVariant, Variants } from "./run-variant.js";
export { VariantFailure, type VariantTask } from "./variant-task.js";
export { withoutBackward } from "./without-backward.js";

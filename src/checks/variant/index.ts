export { VariantFailure, runVariant, type VariantTask } from "./run-variant.js";

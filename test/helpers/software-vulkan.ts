/**
 * Preloaded into a command line by its test (`node --import`): gives it a graphics device where the
 * machine has none.
 */
import { useSoftwareVulkan } from "./vulkan.js";

useSoftwareVulkan();

/** gpu.js, bundled; `build.mjs` writes it into `dist/`, with its types. */
export * from "gpu.js";

import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { findExperiment, experimentPage } from "./dist/experiments/index.js";
const [name, dir, out] = process.argv.slice(2);
const [, ...lines] = readFileSync(`${dir}/measurements.jsonl`, "utf8").trim().split("\n").map((l) => JSON.parse(l));
const e = findExperiment(name);
mkdirSync(out, { recursive: true });
for (const { file, svg } of e.findings(lines).figures) writeFileSync(`${out}/${file}`, svg);
writeFileSync(`${out}/README.md`, experimentPage(e, lines));
console.log(experimentPage(e, lines));

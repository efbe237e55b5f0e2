/**
 * How soon the pages of the reading site are there, on a processor that is four times slower:
 *
 *     npm run speed:site                                    one page of each kind
 *     npm run speed:site -- conv2d- affine --width 390      pages whose paths have a word
 *
 * `--runs N` is the loads behind each median (5), `--slowdown N` the factor (4). The pages take
 * turns, an empty one first, which is what the browser and this machine need by themselves. First
 * paint to longest task are Chromium's own figures; the work is what the page's thread had of the
 * processor, from loads of their own.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startSite } from "../../../dist/cli/site-server.js";
import { formatTable } from "../../../dist/cli/table.js";
import { root } from "../../helpers/cli.js";
import { findChromium, HOW_TO_GET_IT, startChromium } from "../chromium.js";
import { medians, type PageSpeed, speedOf, workOf } from "./speed.js";
import type { Shares } from "./trace.js";

/** One page of each kind, and the longest chapter. */
const KINDS = [
  "index.html",
  "chapters/affine.html",
  "chapters/conv2d-gradients.html",
  "chapters/gradient-check.html",
  "src/backprop/conv2d.ts.html",
  "api/backprop.html",
  "docs/commands.html",
  "experiments/depth.html",
  "exercises.html",
  "pictures.html",
];

const EMPTY = '<!doctype html><html lang="en"><title>empty</title><p>Empty';

const HEAD = [
  ["page", "elements", "first paint ms", "largest ms", "loaded ms", "shift", "longest task ms"],
  ["script", "parse", "style", "layout", "paint", "all work ms"],
].flat();

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "5" },
    slowdown: { type: "string", default: "4" },
    width: { type: "string", default: "1440" },
  },
});
const [runs, slowdown, width] = [values.runs, values.slowdown, values.width].map(Number) as [
  number,
  number,
  number,
];

/** One page, with what was measured so far. */
interface Measured {
  readonly name: string;
  readonly address: string;
  readonly speeds: PageSpeed[];
  readonly works: Shares[];
}

function row({ name, speeds, works }: Measured): string[] {
  const speed = medians(speeds.map((one) => ({ ...one })));
  const work = medians(works);
  return [
    name,
    String(speed.elements),
    ...[speed.firstPaintMs, speed.largestPaintMs, speed.loadedMs].map((ms) => ms.toFixed(0)),
    speed.layoutShift.toFixed(4),
    speed.longestTaskMs === 0 ? "< 50" : speed.longestTaskMs.toFixed(0),
    ...[work.script, work.parse, work.style, work.layout, work.paint, work.all].map((ms) =>
      ms.toFixed(0),
    ),
  ];
}

function chosenPages(folder: string): readonly string[] {
  if (words.length === 0) return KINDS;
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".html"))
    .sort();
  // a whole path is that page alone
  const chosen = words.flatMap((word) =>
    pages.includes(word) ? [word] : pages.filter((path) => path.includes(word)),
  );
  return [...new Set(chosen)];
}

async function main(): Promise<void> {
  const chromium = findChromium();
  if (chromium === null)
    throw new Error(`speed:site: expected Chromium, got none; ${HOW_TO_GET_IT}`);
  const folder = join(root, "dist", "site");
  const bare = mkdtempSync(join(tmpdir(), "leibniz-empty-"));
  writeFileSync(join(bare, "index.html"), EMPTY);
  const [site, empty] = [
    await startSite({ folder, port: 0 }),
    await startSite({ folder: bare, port: 0 }),
  ];
  const browser = await startChromium(chromium);
  try {
    const measured = [
      ["(an empty page)", empty.address] as const,
      ...chosenPages(folder).map((path) => [path, `${site.address}${path}`] as const),
    ].map(([name, address]): Measured => ({ name, address, speeds: [], works: [] }));
    for (let run = 0; run < runs; run++)
      for (const { address, speeds, works } of measured) {
        speeds.push(await speedOf(browser, address, { slowdown, width }));
        works.push(await workOf(browser, address, { slowdown, width }));
      }
    console.log(formatTable(HEAD, measured.map(row), process.stdout.columns ?? 160));
  } finally {
    await browser.close();
    await Promise.all([site.close(), empty.close()]);
    rmSync(bare, { recursive: true });
  }
}

await main();

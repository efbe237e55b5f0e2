/** The report of a run: what is on the page, what is left out, and what is refused. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { encode } from "fast-png";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { findRecipe } from "leibniz/training";
import { leibnizHere, smallDataFolder, temporaryFolder } from "../helpers/cli.js";
import { elementsOf, type Node, parseMarkup, textOf } from "../helpers/markup.js";

const data = smallDataFolder({ train: 60, test: 30 });
const quiet = ["--threads", "1", "--json"];

function pageOf(file: string): { readonly html: string; readonly page: Node } {
  const html = readFileSync(file, "utf8");
  assert.ok(html.startsWith("<!DOCTYPE html>\n"));
  return { html, page: parseMarkup(html.slice(html.indexOf("<html")).trimEnd()) };
}

function headingsOf(page: Node): string[] {
  return elementsOf(page, "h2").map(textOf);
}

/** All text of a section, whatever it is in. */
function wordsOf(page: Node, id: string): string {
  const section = elementsOf(page, "section").find(({ attributes }) => attributes["id"] === id)!;
  const words = (node: Node): string =>
    node.children.map((child) => (typeof child === "string" ? child : ` ${words(child)}`)).join("");
  return words(section);
}

const SECTIONS = [
  ...["Training", "Classes", "Worst mistakes", "Filters", "Where it looks", "Layer by layer"],
  ...["Gradients and updates", "Dead rectifiers", "Time", "What it is, and how to repeat it"],
];

async function trained(...more: string[]): Promise<string> {
  const out = join(temporaryFolder(), "run");
  const { status, stderr } = await leibnizHere("train", ...quiet, ...more, "--out", out);
  assert.is(status, 0, stderr);
  assert.is(stderr, "");
  return out;
}

/** A recipe whose report is drawn in a third of the time, with a filter and a rectifier. */
const small = join(temporaryFolder(), "small.json");
writeFileSync(
  small,
  JSON.stringify({
    ...{ name: "small", description: "a small network", epochs: 1, batchSize: 20 },
    network: {
      layers: {
        conv: { kind: "conv2d", outChannels: 2, kernelSize: [3, 5], stride: 3 },
        relu: { kind: "relu" },
        flatten: { kind: "flatten" },
        out: { kind: "affine", outFeatures: 10 },
      },
    },
    optimizer: { kind: "adam" },
  }),
);

const usual = await trained("--data", data, "--epochs", "2", "--seed", "4");

test("train --out ends with a page that has every section, and needs nothing else", async () => {
  const { html, page } = pageOf(join(usual, "report.html"));
  assert.equal(headingsOf(page), SECTIONS);
  assert.not.match(html, /<script|<link|<img|@import|url\((?!#)|https?:/);
  assert.ok(html.length < 2_000_000, `${html.length} characters`);
  for (const figure of elementsOf(page, "svg")) {
    assert.is(figure.attributes["role"], "img");
    assert.ok(textOf(elementsOf(figure, "title")[0]!).length > 0);
  }
  assert.not.match(html, />[^<]*\b(?:NaN|undefined|Infinity)\b[^<]*</);
  const levels = [...html.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
  levels.forEach((level, i) =>
    assert.ok(level <= (levels[i - 1] ?? 0) + 1, "a heading is left out"),
  );
  const links = elementsOf(page, "a").map(({ attributes }) => attributes["href"]!.slice(1));
  const ids = elementsOf(page, "section").map(({ attributes }) => attributes["id"]);
  assert.equal(links, ids);
});

test("the page says what repeats the run, and what it was", () => {
  const { page } = pageOf(join(usual, "report.html"));
  const words = wordsOf(page, "description");
  const options = `--recipe default --seed 4 --epochs 2 --data ${data} --backend wasm`;
  const command = `leibniz train ${options}`;
  assert.ok(words.includes(command), words.slice(0, 500));
  const { data: config } = JSON.parse(readFileSync(join(usual, "run.json"), "utf8")) as {
    data: { sha256: Record<string, string> };
  };
  for (const digest of Object.values(config.sha256)) assert.ok(words.includes(digest));
  assert.match(words, /102,130 parameters/);
  assert.match(wordsOf(page, "filters"), /before training/);
});

test("the command is one that a shell takes as it is", async () => {
  const folder = join(temporaryFolder(), "it's $(exit 3) `x`");
  cpSync(data, folder, { recursive: true });
  const recipe = join(temporaryFolder(), "recipe.json");
  // it has the name of one of leibniz's own, and is another
  writeFileSync(recipe, JSON.stringify({ ...findRecipe("default"), batchSize: 10 }));
  const out = await trained(...["--data", folder, "--recipe", recipe, "--epochs", "1"]);
  const { page } = pageOf(join(out, "report.html"));
  const code = textOf(elementsOf(page, "code")[0]!);
  assert.match(code, /--recipe recipe\.json/);
  const words = /(--data .*) --backend/.exec(code)![1]!;
  const said = spawnSync("sh", ["-c", `printf '%s\\n' ${words}`], { encoding: "utf8" });
  assert.is(said.stdout, `--data\n${folder}\n`);
});

test("leibniz report writes the same again, but for times", async () => {
  const again = join(temporaryFolder(), "again.html");
  const { status, stdout } = await leibnizHere("report", usual, "--out", again, "--threads", "1");
  assert.is(status, 0);
  assert.is(stdout, `written: ${again}\n`);
  const [a, b] = [again, join(usual, "report.html")].map((file) => pageOf(file).page);
  for (const id of ["training", "classes", "mistakes", "filters", "looks", "layers", "gradients"])
    assert.is(wordsOf(a!, id), wordsOf(b!, id), id);
  const json = await leibnizHere("report", usual, "--out", again, ...quiet);
  assert.equal(JSON.parse(json.stdout), { report: again, runs: 1 });
});

test("a file that is no page of leibniz is never overwritten", async () => {
  const mine = join(temporaryFolder(), "mine.html");
  writeFileSync(mine, "<p>mine</p>");
  const { status, stderr } = await leibnizHere("report", usual, "--out", mine);
  assert.is(status, 2);
  assert.match(stderr, /^leibniz: --out: expected a new file, or a page of leibniz, got .*\n$/);
  assert.is(readFileSync(mine, "utf8"), "<p>mine</p>");
});

test("train --resume leaves a report.html of somebody else's as it is", async () => {
  const out = await trained("--data", data, "--recipe", small, "--no-report");
  writeFileSync(join(out, "report.html"), "<p>mine</p>");
  const { status, stderr } = await leibnizHere("train", "--resume", out, "--epochs", "2", ...quiet);
  assert.is(status, 0, stderr);
  assert.match(stderr, /^warning: no report was written: report: expected a new file, or a page/);
  assert.is(readFileSync(join(out, "report.html"), "utf8"), "<p>mine</p>");
});

test("measures that cannot be read are left out", async () => {
  const out = join(temporaryFolder(), "run");
  cpSync(usual, out, { recursive: true });
  const file = join(out, "metrics.jsonl");
  const [first, ...rest] = readFileSync(file, "utf8").trimEnd().split("\n");
  const whole = JSON.parse(first!) as Record<string, unknown>;
  const garbled = [
    ...[{ steps: 0 }, { step: -1 }, { step: 99 }, { epoch: 0.5 }, { loss: null }, { loss: "0" }],
    ...[{ gradientNorms: [1] }, { gradientNorms: null }, { updateRatios: { x: "<b>" } }],
    ...[{ updateRatios: { x: -1 } }, { updateRatios: { x: [] } }],
  ].map((change) => JSON.stringify({ ...whole, ...change }));
  const more = [
    "",
    "null",
    "[]",
    '{"epoch":0',
    JSON.stringify(whole).replace(/"loss":/, '"loss":1e'),
  ];
  writeFileSync(file, `${[...garbled, ...more, first, ...rest].join("\n")}\n`);
  const { status, stderr } = await leibnizHere("report", out, "--threads", "1");
  assert.is(status, 0, stderr);
  const [again, before] = [out, usual].map((run) => pageOf(join(run, "report.html")).page);
  for (const id of ["training", "gradients"])
    assert.is(wordsOf(again!, id), wordsOf(before!, id), id);
});

test("a folder in place of metrics.jsonl is refused in one line, with what to do", async () => {
  const out = join(temporaryFolder(), "run");
  cpSync(usual, out, { recursive: true });
  rmSync(join(out, "metrics.jsonl"));
  mkdirSync(join(out, "metrics.jsonl"));
  for (const command of [
    ["report", out],
    ["train", "--resume", out, "--epochs", "3"],
  ]) {
    const { status, stderr } = await leibnizHere(...command);
    assert.is(status, 2);
    const what = "expected a file, got a folder; move it away: only curves are drawn from it";
    assert.is(stderr, `leibniz: ${join(out, "metrics.jsonl")}: ${what}\n`);
  }
});

test("200,000 steps are a page of at most 2 MB, in which a single spike can be seen", async () => {
  const out = join(temporaryFolder(), "run");
  cpSync(usual, out, { recursive: true });
  const [first] = readFileSync(join(usual, "metrics.jsonl"), "utf8").split("\n");
  const whole = JSON.parse(first!) as { readonly gradientNorms: object };
  const lines = Array.from({ length: 4000 }, (_, i) => {
    const step = { epoch: Math.floor(i / 2000), step: 50 * ((i % 2000) + 1), steps: 100_000 };
    const loss = i === 1234 ? 77 : 1 + 0.5 * Math.sin(i);
    return `${JSON.stringify({ ...whole, ...step, loss, learningRate: 1e-3 / (i + 1) })}\n`;
  });
  writeFileSync(join(out, "metrics.jsonl"), lines.join(""));
  const { status, stderr } = await leibnizHere("report", out, "--threads", "1");
  assert.is(status, 0, stderr);
  const { html, page } = pageOf(join(out, "report.html"));
  assert.ok(html.length < 2_000_000, `${html.length} characters`);
  const training = wordsOf(page, "training");
  const drawn = [...training.matchAll(/([\d,]+) of ([\d,]+) points are drawn/g)];
  assert.ok(drawn.length >= 4, training.slice(0, 2000)); // two charts, each for two sizes
  assert.ok(
    drawn.some(([, , all]) => all === "4,004"),
    "the loss by step, and two curves by epoch",
  );
  for (const [, some] of drawn) assert.ok(Number(some!.replace(",", "")) < 1500);
  const steps = elementsOf(page, "path").find(({ attributes }) =>
    attributes["class"]!.includes("guide"),
  )!;
  const heights = [...steps.attributes["d"]!.matchAll(/,(-?[\d.]+)/g)].map(([, y]) => Number(y));
  const [spike, next] = heights.sort((a, b) => a - b) as [number, number];
  assert.ok(next - spike > 50, `${next - spike} pixels`);
});

test("--no-report leaves it away", async () => {
  const out = await trained("--data", data, "--recipe", small, "--no-report");
  assert.not.ok(existsSync(join(out, "report.html")));
});

test("without convolutions and rectifiers, sections say why they are left out", async () => {
  const recipe = join(temporaryFolder(), "recipe.json");
  writeFileSync(
    recipe,
    JSON.stringify({
      ...{ name: "plain <b>", description: "no convolution", epochs: 1, batchSize: 20 },
      network: {
        layers: {
          flatten: { kind: "flatten" },
          hidden: { kind: "affine", outFeatures: 31 },
          tanh: { kind: "tanh" },
          out: { kind: "affine", outFeatures: 10 },
        },
      },
      optimizer: { kind: "sgd", learningRate: 0.1 },
      loss: { kind: "softmaxCrossEntropy", labelSmoothing: 0.1 },
    }),
  );
  const out = await trained("--data", data, "--recipe", recipe);
  const { page } = pageOf(join(out, "report.html"));
  assert.equal(headingsOf(page), SECTIONS);
  assert.match(wordsOf(page, "filters"), /Left out: this network has no convolution\./);
  assert.match(wordsOf(page, "rectifiers"), /Left out: this network has no rectifier \(relu\)\./);
  assert.match(wordsOf(page, "description"), /--recipe recipe\.json/);
  assert.match(wordsOf(page, "description"), /plain <b>: no convolution/);
});

/** Three channels, 13 classes, height unlike width, and names that break careless pages. */
function colourFolder(): string {
  const folder = join(temporaryFolder(), "colours");
  const [height, width] = [12, 17];
  for (const [part, count] of [
    ["train", 4],
    ["test", 2],
  ] as const)
    for (let c = 0; c < 13; c++) {
      const own = join(folder, part, `<i>${c}</i> & co`.replace("/", "∕"));
      mkdirSync(own, { recursive: true });
      for (let n = 0; n < count; n++) {
        const pixels = Uint8Array.from(
          { length: 3 * height * width },
          (_, i) => (i * (c + 2) + n) % 256,
        );
        writeFileSync(
          join(own, `${n}.png`),
          encode({ width, height, data: pixels, channels: 3, depth: 8 }),
        );
      }
    }
  return folder;
}

test("colours, other sizes, more classes, residual blocks", async () => {
  const recipe = join(temporaryFolder(), "recipe.json");
  writeFileSync(
    recipe,
    JSON.stringify({
      ...{ name: "blocks", description: "", epochs: 1, batchSize: 10 },
      network: {
        layers: {
          stem: { kind: "conv2d", outChannels: 4, kernelSize: 3, padding: 1 },
          norm: { kind: "batchNorm2d" },
          block: {
            kind: "residual",
            body: {
              conv: { kind: "conv2d", outChannels: 4, kernelSize: [3, 5], padding: [1, 2] },
              relu: { kind: "relu" },
            },
          },
          mean: { kind: "globalAveragePool2d" },
          drop: { kind: "dropout", probability: 0.2 },
          out: { kind: "affine", outFeatures: 10 },
        },
      },
      optimizer: { kind: "adam" },
    }),
  );
  const out = await trained("--data", colourFolder(), "--recipe", recipe);
  const { page } = pageOf(join(out, "report.html"));
  assert.equal(headingsOf(page), SECTIONS);
  assert.match(wordsOf(page, "filters"), /block\.conv: 4 filters over 4 channels/);
  assert.match(wordsOf(page, "filters"), /0 ← red/);
  assert.match(wordsOf(page, "rectifiers"), /block\.relu/);
  assert.match(wordsOf(page, "classes"), /<i>12<∕i> & co/);
});

test("beside mistakes are images that the network was shown, and no others", async () => {
  const out = await trained("--data", data, "--recipe", small, "--subset", "1");
  const { page } = pageOf(join(out, "report.html"));
  const nearest = wordsOf(page, "mistakes").match(/nearest \d/g) ?? [];
  assert.is(new Set(nearest).size, 1, nearest.join());
  assert.match(wordsOf(page, "mistakes"), /no \d in training/);
});

test("initial weights from a file that is gone are left out, with the reason", async () => {
  const init = join(temporaryFolder(), "weights.safetensors");
  const how = ["--data", data, "--recipe", small];
  cpSync(join(await trained(...how, "--no-report"), "weights.safetensors"), init);
  const out = await trained(...how, "--init", init);
  const { page } = pageOf(join(out, "report.html"));
  assert.match(wordsOf(page, "filters"), /before training/);
  assert.ok(wordsOf(page, "description").includes(`--init ${init}`));
  rmSync(init);
  assert.is((await leibnizHere("report", out, "--threads", "1")).status, 0);
  const { page: later } = pageOf(join(out, "report.html"));
  assert.match(wordsOf(later, "filters"), /Before training: left out, since it began from a file/);
  cpSync(join(out, "weights.safetensors"), init);
  assert.is((await leibnizHere("report", out, "--threads", "1")).status, 0);
  const { page: other } = pageOf(join(out, "report.html"));
  assert.match(wordsOf(other, "filters"), /no longer gives the weights that it began with/);
});

test("a folder without a run, and other data, are refused by name", async () => {
  for (const [args, message] of [
    [[temporaryFolder()], /^leibniz: report: expected a folder with a checkpoint\.safetensors/],
    [
      [usual, "--data", smallDataFolder({ train: 60, test: 31 })],
      /^leibniz: report: expected the test images that the run was begun with, got others in/,
    ],
    [
      [usual, `${usual}/../${basename(usual)}/`, "--out", join(temporaryFolder(), "c.html")],
      /^leibniz: report: expected each run once, got .* twice/,
    ],
    [[usual, usual], /^leibniz: report: expected --out FILE\.html for a comparison/],
    [
      [usual, usual, "--out", join(temporaryFolder(), "c.html")],
      /^leibniz: report: expected each run once, got .* twice/,
    ],
  ] as const) {
    const { status, stderr } = await leibnizHere("report", ...args);
    assert.is(status, 2, stderr);
    assert.match(stderr, message);
    assert.is(stderr.trimEnd().split("\n").length, 1);
  }
});

test("several runs: results, curves, and image by image what one gets right", async () => {
  const second = await trained("--data", data, "--epochs", "1", "--seed", "9", "--no-report");
  const other = smallDataFolder({ train: 60, test: 31 });
  const third = await trained("--data", other, "--epochs", "1", "--no-report");
  const out = join(temporaryFolder(), "comparison.html");
  const { status, stderr } = await leibnizHere("report", usual, second, third, "--out", out);
  assert.is(status, 0, stderr);
  const { html, page } = pageOf(out);
  assert.equal(headingsOf(page), [...["Results", "Recipe by recipe", "Curves", "Image by image"]]);
  assert.not.match(html, /<script|https?:/);
  const rows = elementsOf(page, "tbody").flatMap((body) => elementsOf(body, "tr"));
  assert.is(rows.length, 3 + 1);
  const pairs = wordsOf(page, "pairs");
  assert.ok(pairs.includes(`Left out, since their test images are others than those of ${usual}`));
  assert.ok(pairs.includes(second));
});

test.run();

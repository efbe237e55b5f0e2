/**
 * Each command in a real terminal of 40, 80 and 160 columns, by tmux: no line is longer than the
 * terminal is wide, bars included, and NO_COLOR and TERM=dumb are obeyed.
 *
 *     node test/durability/terminal-widths.mjs [--out DIR] [WORD...]
 *
 * keeps what was on the screens in DIR, to be looked at; WORDs choose commands. Without WORDs it
 * takes some minutes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { dataFolder, main, scratch, wait } from "./common.mjs";

const { values, positionals } = parseArgs({
  options: { out: { type: "string" } },
  allowPositionals: true,
});
const WIDTHS = [40, 80, 160];
/** A progress bar's line, or what a narrow terminal has of it. */
const BAR = /[█░]|^epoch \S+ {2}loss /;
/** What the end of a bar must leave on the screen. */
const SHOWN = [
  ["train --data", /^epoch|^Epoch/],
  ["mistakes loss", /^loss-uphill: /],
  ["experiment notebook", /^Test accuracy/],
];
const SOCKET = `leibniz-${process.pid}`;
const data = dataFolder("data", 9600, 2000);
const run = join(scratch, "run");
const names = [
  ...["train", "evaluate", "predict", "report", "show", "gradcheck", "derive", "exercise"],
  ...["parity", "mistakes", "experiment", "bench", "complete"],
];
const commands = [
  "",
  ...names.map((name) => `${name} --help`),
  `train --data ${data} --epochs 2 --threads 1 --out RUN`,
  `train --data ${data} --recipe notebook --epochs 1 --threads 1`,
  `evaluate --weights ${run} --data ${data}`,
  `show ${run} 3 --data ${data}`,
  `report ${run} --data ${data}`,
  `predict ${join(scratch, "none.png")} --weights ${run}`,
  "gradcheck --geometries 2",
  "gradcheck --network notebook --entries 1",
  "gradcheck relu --mutate",
  "gradcheck conv",
  "gradcheck perceptron",
  "derive",
  "derive --mutate affine",
  "exercise conv2d --out EXERCISE",
  "exercise conv2d --hint 2",
  "parity test/fixtures/pytorch-fused-layers.json",
  "mistakes --list",
  "mistakes loss-uphill labels-shifted --quick",
  "experiment --list",
  "experiment filters --tiny",
  "experiment notebook --tiny",
  "experiment initialisation --tiny",
  "bench --quick --backend wasm",
];

function tmux(...args) {
  return execFileSync("tmux", ["-L", SOCKET, "-f", "/dev/null", ...args], { encoding: "utf8" });
}

/** The lines of the screen and of what has left it, those that the terminal broke in one piece. */
function seen(...options) {
  const text = tmux("capture-pane", "-p", "-J", "-S", "-", ...options);
  return text.split("\n").map((line) => line.trimEnd());
}

/** Runs a command line in a terminal; `shell` may set variables. */
async function look(width, shell, ...options) {
  const done = join(scratch, "done");
  spawnSync("rm", ["-f", done]);
  tmux(
    ...["new-session", "-d", "-x", String(width), "-y", "50", "-c", process.cwd()],
    `${shell}; touch ${done}; sleep 600`,
  );
  tmux("set-option", "-g", "history-limit", "20000");
  const bars = new Set();
  while (spawnSync("test", ["-e", done]).status !== 0) {
    for (const line of seen()) if (BAR.test(line)) bars.add(line);
    await wait(150);
  }
  await wait(100);
  const lines = seen(...options);
  tmux("kill-session");
  return { lines, bars: [...bars] };
}

let [looked, tooLong] = [0, 0];
const fail = (text) => {
  tooLong++;
  console.error(text);
};
try {
  // a server of its own, with room for all lines from the first session on
  tmux("new-session", "-d", "sleep 1000");
  tmux("set-option", "-g", "history-limit", "20000");
  spawnSync(process.execPath, [main, "train", "--data", data, "--epochs", "1", "--out", run]);
  const chosen = commands.filter((one) => positionals.every((word) => one.includes(word)));
  for (const width of WIDTHS)
    for (const command of chosen) {
      const own = command.replace(/\b(RUN|EXERCISE)\b/, (name) => join(scratch, `${name}${width}`));
      const { lines, bars } = await look(width, `node ${main} ${own}`);
      looked++;
      for (const line of [...lines, ...bars])
        if (wider(line, width)) fail(`${width} columns, leibniz ${own}: ${line}`);
      for (const [start, expected] of SHOWN)
        if (own.startsWith(start) && !lines.some((line) => expected.test(line)))
          fail(`${width} columns, leibniz ${own}: nothing is left of ${expected}`);
      if (values.out !== undefined) keep(width, own, lines, bars);
    }
  const check = `node ${main} gradcheck relu --geometries 0`;
  for (const [shell, isColoured] of [
    [check, true],
    [`NO_COLOR=1 ${check}`, false],
    [`TERM=dumb ${check}`, false],
  ]) {
    const { lines } = await look(80, shell, "-e");
    const has = lines.some((line) => line.includes("\u001b["));
    if (has !== isColoured) fail(`${shell}: ${has ? "colours" : "no colours"}`);
  }
} finally {
  tmux("kill-server");
}
console.log(`${looked} commands looked at, ${tooLong} lines too long or wrongly coloured`);
process.exitCode = tooLong === 0 ? 0 : 1;

/** A path cannot be folded. */
function wider(line, width) {
  return [...line].length > width && line.trim().includes(" ");
}

function keep(width, command, lines, bars) {
  mkdirSync(values.out, { recursive: true });
  const name = command.replace(/\S*\//g, "").replace(/[^\w-]+/g, "-") || "nothing";
  writeFileSync(
    join(values.out, `${name}.${width}.txt`),
    [lines.join("\n").trimEnd(), ...bars, ""].join("\n"),
  );
}

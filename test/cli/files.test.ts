import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFile, readText, writeFileWhole } from "leibniz/cli";
import { assertRejects } from "../helpers/assert-close.js";
import { root, temporaryFolder } from "../helpers/cli.js";

test("what replaces a file has its mode, and nothing is left beside it", () => {
  const folder = temporaryFolder();
  const file = join(folder, "file");
  writeFileSync(file, "before", { mode: 0o640 });
  writeFileWhole(file, "after");
  assert.is(readFileSync(file, "utf8"), "after");
  assert.is(statSync(file).mode & 0o777, 0o640);
  assert.equal(readdirSync(folder), ["file"]);
});

test("a link stays, and the file that it leads to is replaced", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "there"));
  writeFileSync(join(folder, "there", "file"), "before");
  symlinkSync(join("there", "file"), join(folder, "link"));
  writeFileWhole(join(folder, "link"), "after");
  assert.ok(lstatSync(join(folder, "link")).isSymbolicLink());
  assert.is(readFileSync(join(folder, "there", "file"), "utf8"), "after");
  symlinkSync("nowhere", join(folder, "lost"));
  await assertRejects(() => writeFileWhole(join(folder, "lost"), "x"), "got a link to nothing");
});

test("a link under a name that somebody could guess is not followed", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "victim"), "mine");
  symlinkSync("victim", join(folder, "file.partial"));
  writeFileWhole(join(folder, "file"), "new");
  assert.is(readFileSync(join(folder, "victim"), "utf8"), "mine");
  assert.ok(lstatSync(join(folder, "file.partial")).isSymbolicLink());
});

test("devices and pipes are written to, and stay what they are", async () => {
  writeFileWhole("/dev/null", "x");
  assert.ok(statSync("/dev/null").isCharacterDevice());
  const pipe = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = spawn("cat", [pipe], { stdio: ["ignore", "pipe", "inherit"] });
  let read = "";
  reader.stdout.on("data", (piece: Buffer) => (read += piece.toString()));
  writeFileWhole(pipe, "x".repeat(300_000));
  await once(reader, "close");
  assert.is(read.length, 300_000);
  assert.ok(lstatSync(pipe).isFIFO());
  await assertRejects(
    () => writeFileWhole("/dev/full", "x"),
    "cannot write /dev/full: the disk is",
  );
});

test("/dev/stdout is the open output, also where that is a file", () => {
  const file = join(temporaryFolder(), "out");
  const output = openSync(file, "w");
  const module = JSON.stringify(join(root, "dist", "cli", "files.js"));
  const script =
    `import { writeFileWhole } from ${module}; console.log("a"); ` +
    `writeFileWhole("/dev/stdout", "b\\n"); console.log("c");`;
  const args = ["--input-type=module", "-e", script];
  spawnSync(process.execPath, args, { stdio: ["ignore", output, "inherit"] });
  closeSync(output);
  assert.is(readFileSync(file, "utf8"), "a\nb\nc\n");
});

test("only files of a sane size are read, and text only in UTF-8", async () => {
  const folder = temporaryFolder();
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  await assertRejects(() => readFile(pipe), "pipe: expected a file, got a pipe");
  await assertRejects(() => readFile("/dev/zero"), "/dev/zero: expected a file, got a device");
  await assertRejects(() => readFile(folder), "it is a folder, not a file");
  const large = join(folder, "large");
  execFileSync("truncate", ["-s", "129M", large]);
  await assertRejects(() => readText(large), "large: expected a file of at most 134217728 bytes");
  const latin = join(folder, "latin");
  writeFileSync(latin, Uint8Array.of(0x47, 0xfc));
  await assertRejects(() => readText(latin), "latin: expected text in UTF-8, got other bytes");
  const marked = join(folder, "marked");
  writeFileSync(marked, "\ufeff{}");
  assert.is(readText(marked), "{}");
  assert.is(readText(marked, { keepMark: true }), "\ufeff{}");
});

test.run();

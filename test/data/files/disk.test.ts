import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadImages, loadTestImages } from "leibniz/data";
import { assertRejects } from "../../helpers/assert-close.js";
import { smallDataFolder, temporaryFolder } from "../../helpers/cli.js";
import { drawDigit, DRAWINGS, pngOf } from "../../helpers/draw-digit.js";

const DRAWN = pngOf(drawDigit(4, DRAWINGS[4]!));

/** Two folders of two drawings each. */
function pictureFolder(): string {
  // a level down: what others keep in the folder for temporary files is no picture of ours
  const folder = join(temporaryFolder(), "pictures");
  mkdirSync(folder);
  for (const name of ["a", "b"]) {
    mkdirSync(join(folder, name));
    for (const file of ["1.png", "2.png"]) writeFileSync(join(folder, name, file), DRAWN);
  }
  return folder;
}

test("folders of pictures on a disk, through links, without hidden files", async () => {
  const folder = pictureFolder();
  writeFileSync(join(folder, "a", ".hidden.png"), "no picture");
  symlinkSync("1.png", join(folder, "a", "3.png"));
  symlinkSync("b", join(folder, "c"));
  const { train, test, classNames } = await loadImages(folder);
  assert.equal(classNames, ["a", "b", "c"]);
  assert.equal([train.count, test.count], [4, 3]);
  assert.equal([test.images.height, test.images.width], [28, 28]);
});

test("links that lead back are no endless folders", async () => {
  const folder = pictureFolder();
  symlinkSync(".", join(folder, "a", "again"));
  symlinkSync("..", join(folder, "again"));
  assert.equal((await loadImages(folder)).classNames, ["a", "b"]);
  symlinkSync("itself.png", join(folder, "a", "itself.png"));
  await assertRejects(
    () => loadImages(folder),
    `data: expected a readable file ${folder}/a/itself.png, got a link that leads back to itself`,
  );
});

test("pipes and devices in a folder, or in place of it, are not opened", async () => {
  const folder = pictureFolder();
  symlinkSync("/dev/zero", join(folder, "a", "zero.png"));
  await assertRejects(
    () => loadImages(folder),
    `${folder}/a/zero.png: expected a PNG or JPEG file, got a device, a pipe or a link to nothing`,
  );
  rmSync(join(folder, "a", "zero.png"));
  assert.is(spawnSync("mkfifo", [join(folder, "b", "pipe.png")]).status, 0);
  await assertRejects(() => loadImages(folder), "/b/pipe.png: expected", "got a device, a pipe");
  await assertRejects(() => loadImages("/dev/zero"), "got a device or a pipe");
  const idx = smallDataFolder({ train: 20, test: 4 });
  const images = join(idx, "t10k-images-idx3-ubyte");
  rmSync(images);
  assert.is(spawnSync("mkfifo", [images]).status, 0);
  await assertRejects(() => loadTestImages(idx), `file ${images}, got a device or a pipe`);
});

test("a folder without permission is named", async () => {
  const folder = pictureFolder();
  chmodSync(join(folder, "b"), 0);
  // an administrator may read it all the same
  const outcome = await loadImages(folder).then(
    () => "read",
    (error: unknown) => (error as Error).message,
  );
  const expected = `data: expected a readable folder ${folder}/b, got permission denied (EACCES)`;
  if (process.getuid?.() === 0) assert.is(outcome, "read");
  else assert.ok(outcome.startsWith(expected), outcome);
  chmodSync(join(folder, "b"), 0o700);
});

test.run();

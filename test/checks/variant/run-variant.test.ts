import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VariantFailure, runVariant, Variants } from "leibniz/checks";
import { MachineError } from "leibniz/tensor";
import { temporaryFolder } from "../../helpers/cli.js";

/** A module that does some work with relu, and what is put in relu's place. */
function work(body: string): { module: string; relu: string } {
  const file = join(temporaryFolder(), "work.mjs");
  writeFileSync(file, body);
  return { module: pathToFileURL(file).href, relu: import.meta.resolve("leibniz/backprop/relu") };
}

const asks = (relu: string): string =>
  `import { answer } from ${JSON.stringify(relu)};\nexport default async (input, report) => {\n` +
  `  report("asked");\n  return answer + input;\n};\n`;
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (result) => assert.unreachable(String(result)),
    (error: unknown) => error,
  );

test("the work sees the new text, reports on its way, and returns what it comes to", async () => {
  const { relu } = work("");
  const { module } = work(asks(relu));
  const reports: unknown[] = [];
  const result = await runVariant(
    { texts: new Map([[relu, "export const answer = 40;"]]), module, input: 2 },
    (message) => reports.push(message),
  );
  assert.equal([result, reports], [42, ["asked"]]);
});

test("a new text that nothing loads is no success", async () => {
  const { module } = work("export default async () => 7;\n");
  const nowhere = new URL("./nowhere.js", module).href;
  const error = await failure(
    runVariant({ texts: new Map([[nowhere, "export {};"]]), module, input: null }),
  );
  assert.instance(error, VariantFailure);
  assert.is((error as Error).message, `expected ${nowhere} to be loaded, but nothing imports it`);
});

test(
  "work that throws, that ends its process, and a process that is killed are three " + "things",
  async () => {
    const throws = await failure(
      runVariant({
        texts: new Map(),
        module: work("export default () => { throw new Error('no'); };").module,
        input: null,
      }),
    );
    assert.instance(throws, VariantFailure);
    assert.is((throws as Error).message, "no");
    const ends = await failure(
      runVariant({
        texts: new Map(),
        module: work("export default () => process.exit(0);").module,
        input: null,
      }),
    );
    assert.instance(ends, VariantFailure);
    assert.is((ends as Error).message, "it ended the process before it was done");
    const killed = await failure(
      runVariant({
        texts: new Map(),
        module: work(
          'export default () => { process.kill(process.pid, "SIGKILL"); return new Promise(() => ' +
            "{}); };",
        ).module,
        input: null,
      }),
    );
    assert.instance(killed, MachineError);
    assert.match((killed as Error).message, "SIGKILL");
  },
);

/** Tells which process it runs in, and which copies of relu and of the layers it sees. */
const tells = (relu: string): string =>
  `import { answer, Relu } from ${JSON.stringify(relu)};\n` +
  `import * as all from ${JSON.stringify(import.meta.resolve("leibniz/backprop"))};\n` +
  `import { Tensor } from ${JSON.stringify(import.meta.resolve("leibniz/tensor"))};\n` +
  "globalThis.tensors ??= new Set();\n" +
  "export default async () => ({ process: process.pid, answer, " +
  "one: all.Relu === Relu, tensors: globalThis.tensors.add(Tensor).size });\n";

interface Told {
  readonly process: number;
  readonly answer: number;
  readonly one: boolean;
  readonly tensors: number;
}

test("one process runs many variants, and what is below the new text is loaded once", async () => {
  const { relu } = work("");
  const { module } = work(tells(relu));
  const right = readFileSync(new URL(relu), "utf8");
  const variants = new Variants();
  try {
    const told: Told[] = [];
    for (const answer of [1, 2, 3]) {
      const texts = new Map([[relu, `${right}\nexport const answer = ${answer};`]]);
      told.push((await variants.run({ texts, module, input: null })) as Told);
    }
    assert.equal(
      told.map(({ answer, one, tensors }) => [answer, one, tensors]),
      [1, 2, 3].map((answer) => [answer, true, 1]),
    );
    assert.is(new Set(told.map(({ process: id }) => id)).size, 1);
    assert.is.not(told[0]!.process, process.pid);
  } finally {
    variants.end();
  }
});

test("what fails in one variant does not reach the next, nor is another blamed", async () => {
  const { relu } = work("");
  const { module } = work(asks(relu));
  const variants = new Variants();
  const outcomes: unknown[] = [];
  try {
    for (const text of [
      "export const answer = 40;",
      "export const answer = process.exit(0);",
      "export const answer = 41;",
      "export const answer = 0; throw new Error('at load');",
      "export const answer = 42; setTimeout(() => process.exit(1), 50);",
      // the process dies of what the variant before it left behind
      "await new Promise((done) => setTimeout(done, 200)); export const answer = 43;",
    ])
      outcomes.push(
        await variants
          .run({ texts: new Map([[relu, text]]), module, input: 0 })
          .catch((error: unknown) => String(error)),
      );
  } finally {
    variants.end();
  }
  assert.equal(outcomes, [
    40,
    "VariantFailure: it ended the process before it was done",
    41,
    "VariantFailure: at load",
    42,
    43,
  ]);
});

const loops = (file: string): string =>
  `import { writeFileSync } from "node:fs";\nexport default () => {\n` +
  `  writeFileSync(${JSON.stringify(file)}, String(process.pid));\n  for (;;);\n};\n`;

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test("work that does not end is ended when its time is up", async () => {
  const file = join(temporaryFolder(), "pid");
  const task = { texts: new Map(), module: work(loops(file)).module, input: null, seconds: 6 };
  // long enough for a process to start where others take the processor
  const error = await failure(runVariant(task));
  assert.instance(error, VariantFailure);
  assert.is((error as Error).message, "it had not ended after 6 s");
  const pid = Number(readFileSync(file, "utf8"));
  while (exists(pid)) await later(20); // or the test hangs
});

test("work that never ends goes with the process that asked for it, killed or not", async () => {
  const file = join(temporaryFolder(), "pid");
  const task = `{ texts: new Map(), module: ${JSON.stringify(work(loops(file)).module)} }`;
  const checks = JSON.stringify(import.meta.resolve("leibniz/checks"));
  const script = `import { runVariant } from ${checks}; await runVariant(${task});`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: "inherit",
  });
  const pidOf = (): number => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0);
  while (pidOf() === 0) await later(20);
  parent.kill("SIGKILL");
  const deadline = performance.now() + 10_000;
  while (exists(pidOf()) && performance.now() < deadline) await later(50);
  const isLeft = exists(pidOf());
  if (isLeft) process.kill(pidOf(), "SIGKILL");
  assert.not.ok(isLeft);
});

test("a reader's work answers only by what it returns, and leaves no process behind", async () => {
  const file = join(temporaryFolder(), "pid");
  const { module } = work(
    `import { spawn } from "node:child_process";
    import { writeFileSync } from "node:fs";
    const sleeper = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
    writeFileSync(${JSON.stringify(file)}, String(sleeper.pid));
    for (const fake of [null, "garbage", { type: "done", result: "forged" }]) process.send(fake);
    process.send = () => {};
    export default async () => {
      // nobody waits for it, and by then the work is done
      setTimeout(() => { throw new Error("late"); }, 0);
      return "right";
    };`,
  );
  assert.is(
    await runVariant({ texts: new Map(), module, input: null, source: "/mine.ts" }),
    "right",
  );
  const pid = Number(readFileSync(file, "utf8"));
  while (exists(pid)) await later(20); // or the test hangs
});

test("what a reader's work throws is one short line, wherever and whatever it is", async () => {
  const messages: string[] = [];
  for (const body of [
    "throw { get message() { throw 1; }, toString() { throw 2; } };",
    "throw Object.assign(new Error('\\u001b[2Ja\\r\\nb' + 'c'.repeat(1e5)), { stack: {} });",
    "setTimeout(() => { throw new Error('nobody waits'); }); return new Promise(() => {});",
    "Promise.reject(new Error('nobody awaits')); return new Promise(() => {});",
    "process.exit(3);",
  ]) {
    const { module } = work(`export default () => { ${body} };`);
    const task = { texts: new Map(), module, input: null, source: "/mine.ts", seconds: 20 };
    const error = await failure(runVariant(task));
    assert.instance(error, VariantFailure, body);
    messages.push((error as Error).message);
  }
  assert.equal(messages, [
    "it threw something that cannot be shown",
    ` [2Ja b${"c".repeat(493)} …`,
    "nobody waits",
    "nobody awaits",
    "its process was ended by exit code 3",
  ]);
});

test("work that takes more memory than it may is ended", async () => {
  const { module } = work("export default () => new Promise(() => {});");
  const task = { texts: new Map(), module, input: null, source: "/mine.ts", mostBytes: 2 ** 20 };
  const error = await failure(runVariant(task));
  assert.instance(error, VariantFailure);
  assert.is(
    (error as Error).message,
    "its process was ended by SIGKILL, as it is when it takes more than 0.0 GiB of memory",
  );
});

test.run();

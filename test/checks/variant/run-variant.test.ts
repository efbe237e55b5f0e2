import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VariantFailure, runVariant } from "leibniz/checks";
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

test.run();

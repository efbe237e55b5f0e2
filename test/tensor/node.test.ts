/** Node's own modules, where there are any. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isNode, MachineError, nodeModule } from "leibniz/tensor";

test("a module of Node's comes as it is", async () => {
  assert.ok(isNode);
  assert.is(nodeModule("node:os"), (await import("node:os")).default);
});

test("a Node that is too old is told so in one line", () => {
  const { getBuiltinModule } = process;
  Object.assign(process, { getBuiltinModule: undefined });
  try {
    nodeModule("node:os");
    assert.unreachable();
  } catch (error) {
    assert.instance(error, MachineError);
    assert.is(
      (error as Error).message,
      `leibniz: expected Node 20.16 or newer, got ${process.version}`,
    );
  } finally {
    Object.assign(process, { getBuiltinModule });
  }
});

test.run();

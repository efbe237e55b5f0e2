/**
 * Loaded in front of leibniz (`node --import`): the process dies at the n-th time that it changes
 * something on the disk.
 *
 *     DIE_AT=n                    from 1; 0 only counts, and leaves the count in the file DIE_COUNT
 *     DIE_CALL=renameSync         counts these calls alone, and with
 *     DIE_PATH=log.jsonl          those alone of a path that ends so
 *     DIE_WHEN=before|half|after  that change; half of the bytes, where some are written
 *     DIE_OF=SIGKILL              or another signal, which is sent and may be heard
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const at = Number(process.env.DIE_AT);
const { DIE_WHEN: when, DIE_OF: signal = "SIGKILL", DIE_COUNT: file } = process.env;
const { DIE_CALL: call, DIE_PATH: path = "" } = process.env;
const { writeFileSync, writeSync } = fs;
let count = 0;

/** Whether it counts; what is only read, or said, never does. */
function isChange(name, args) {
  const isOf = (argument) => typeof argument === "string" && argument.endsWith(path);
  if (call !== undefined && (call !== name || (path !== "" && !args.some(isOf)))) return false;
  if (name === "openSync") return args[1] !== "r" && args[1] !== fs.constants.O_RDONLY;
  return name !== "writeSync" || args[0] > 2;
}

const changes = ["mkdirSync", "openSync", "writeSync", "fsyncSync", "renameSync"];
for (const name of [...changes, "rmSync", "rmdirSync", "fchmodSync"]) {
  const change = fs[name];
  fs[name] = (...args) => {
    if (!isChange(name, args)) return change(...args);
    if (++count !== at) return change(...args);
    if (when === "before") process.kill(process.pid, signal);
    if (when === "half" && name === "writeSync") {
      writeSync(args[0], args[1].subarray(0, args[1].length >> 1));
      process.kill(process.pid, signal);
    }
    const result = change(...args);
    process.kill(process.pid, signal);
    return result;
  };
}
syncBuiltinESMExports();
if (file !== undefined) process.on("exit", () => writeFileSync(file, String(count)));

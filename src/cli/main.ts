#!/usr/bin/env node
/**
 * The program. It imports nothing before it knows that this Node can read the rest, and is itself
 * written so that older ones can.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > 20 || (major === 20 && minor >= 16)) import("./run-command.js");
else {
  console.error(`leibniz: expected Node 20.16 or newer, got ${process.versions.node}`);
  process.exitCode = 2;
}

import { spawn } from "node:child_process";

/** Runs a script with this Node to its end. */
export function runNode(
  args: readonly string[],
  stdout: "inherit" | "pipe",
): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, refuse) => {
    const child = spawn(process.execPath, args, { stdio: ["inherit", stdout, "inherit"] });
    let text = "";
    child.stdout?.on("data", (piece: Buffer) => (text += piece.toString()));
    child.on("error", refuse).on("close", (code) => resolve({ code, text }));
  });
}

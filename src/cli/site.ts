/** `leibniz site`: chapters and code as pages that belong together, served to this machine. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { addHelp } from "./help.js";
import { jsonOption, printJson, wholeNumber } from "./options.js";
import { startSite } from "./site-server.js";
import { stoppable } from "./stopping.js";
import { printError, printText } from "./terminal.js";

/** What comes in the package. */
const BUILT = fileURLToPath(new URL("../../dist/site", import.meta.url));

export interface SiteCommandOptions {
  readonly port: number;
  readonly open?: boolean;
  readonly json?: boolean;
}

export function siteCommand(): Command {
  const command = new Command("site")
    .addOption(
      new Option("--port <N>", "where to listen, or the next port that is free; 0 for any")
        .argParser(wholeNumber("--port", 0, 65_535))
        .default(4173),
    )
    .option("--open", "open it in your browser")
    .addOption(jsonOption());
  addHelp(
    command,
    "Only this machine can reach it. It runs until Ctrl-C. The files are in dist/site of the " +
      "package, and any host can serve them.",
    0,
  );
  return command.action((options: SiteCommandOptions) => serveUntilStopped(BUILT, options));
}

/** Serves a folder until a signal ends it. @throws Stopped */
export async function serveUntilStopped(
  folder: string,
  { port, open = false, json = false }: SiteCommandOptions,
): Promise<void> {
  await stoppable("site", async (stop) => {
    const server = await startSite({ folder, port });
    if (json) printJson({ address: server.address, folder });
    else {
      if (port !== 0 && server.port !== port) printError(`port ${port} is taken`);
      printText(`${server.address} (until Ctrl-C)`);
    }
    if (open) openInBrowser(server.address);
    await new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      stop.addEventListener("abort", () => resolve());
    });
    await server.close();
    throw stop.reason;
  });
}

/** The program by which each system opens an address. */
function opener(address: string): readonly [program: string, ...words: string[]] {
  if (process.platform === "darwin") return ["open", address];
  if (process.platform === "win32") return ["cmd", "/c", "start", "", address];
  return ["xdg-open", address];
}

/** Opens an address; where that cannot be done, a line says so, and the server goes on. */
function openInBrowser(address: string): void {
  const [program, ...words] = opener(address);
  const failed = (): void =>
    printError(`--open: expected ${program} to open a browser, got none; open ${address} yourself`);
  const child = spawn(program, words, { stdio: "ignore", detached: true });
  child.on("error", failed);
  child.on("exit", (code) => {
    if (code !== 0) failed();
  });
  child.unref();
}

/** A browser in which the engine runs, for tests and benchmarks in Node. */
import type { Page } from "playwright-core";
import { startChromium } from "./chromium.js";
import { startServer } from "./server.js";
import type { Answer, Order, TaskInput, TaskName, TaskResult } from "./tasks.js";

export interface Where {
  /** Whether the page may share memory between threads. */
  readonly isolated?: boolean;
  /** On the page's main thread instead of in a Worker. */
  readonly mainThread?: boolean;
  /** When to give up. */
  readonly timeoutMs?: number;
}

export interface BrowserHarness {
  /** The browser's name and version. */
  readonly version: string;
  /**
   * Performs a task, in a Worker of its own unless told otherwise. Pages are kept for the next
   * task: to start one costs more than most tasks. One that is in trouble is closed.
   *
   * @throws Error with the task's message, or when it does not end in time
   */
  perform<T extends TaskName>(task: T, input: TaskInput<T>, where?: Where): Promise<TaskResult<T>>;
  close(): Promise<void>;
}

interface Global {
  inWorker(order: Order): Promise<Answer>;
  inPage(order: Order): Promise<Answer>;
}

export async function startBrowser(executablePath: string): Promise<BrowserHarness> {
  const server = await startServer();
  const browser = await startChromium(executablePath).catch((error: unknown) => {
    server.close();
    throw error;
  });

  const context = await browser.newContext();
  const pages = new Map<string, Page>();
  let said: string[] = [];
  const pageAt = async (folder: string): Promise<Page> => {
    const open = pages.get(folder);
    if (open !== undefined) return open;
    const page = await context.newPage();
    page
      .on("console", (message) => said.push(message.text()))
      .on("pageerror", (error) => said.push(String(error)));
    await page.goto(`${server.origin}/${folder}/page.html`);
    pages.set(folder, page);
    return page;
  };
  const answer = async (folder: string, order: Order, mainThread: boolean): Promise<Answer> =>
    (await pageAt(folder)).evaluate(
      ([order, mainThread]) =>
        mainThread
          ? (globalThis as unknown as Global).inPage(order)
          : (globalThis as unknown as Global).inWorker(order),
      [order, mainThread] as const,
    );

  return {
    version: `Chromium ${browser.version()}`,
    perform: async <T extends TaskName>(
      task: T,
      input: TaskInput<T>,
      where: Where = {},
    ): Promise<TaskResult<T>> => {
      const { isolated = true, mainThread = false, timeoutMs = 60_000 } = where;
      const folder = isolated ? "isolated" : "plain";
      said = [];
      let isWell = false;
      let timer: NodeJS.Timeout | undefined;
      try {
        const late = new Promise<Answer>(
          (resolve) =>
            (timer = setTimeout(
              () => resolve({ error: `no answer within ${timeoutMs / 1000} s` }),
              timeoutMs,
            )),
        );
        const given = await Promise.race([answer(folder, { task, input }, mainThread), late]);
        isWell = !("error" in given);
        if ("error" in given) throw new Error([given.error, ...said].join("\n      "));
        return given.result as TaskResult<T>;
      } finally {
        clearTimeout(timer);
        if (!isWell) {
          await pages.get(folder)?.close();
          pages.delete(folder);
        }
      }
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

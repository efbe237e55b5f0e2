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
   * Performs a task in a page of its own.
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
  const answer = async (
    page: Page,
    order: Order,
    { isolated = true, mainThread = false }: Where,
  ): Promise<Answer> => {
    await page.goto(`${server.origin}/${isolated ? "isolated" : "plain"}/page.html`);
    return page.evaluate(
      ([order, mainThread]) =>
        mainThread
          ? (globalThis as unknown as Global).inPage(order)
          : (globalThis as unknown as Global).inWorker(order),
      [order, mainThread] as const,
    );
  };

  return {
    version: `Chromium ${browser.version()}`,
    perform: async <T extends TaskName>(
      task: T,
      input: TaskInput<T>,
      where: Where = {},
    ): Promise<TaskResult<T>> => {
      const { timeoutMs = 60_000 } = where;
      const page = await context.newPage();
      const said: string[] = [];
      page
        .on("console", (message) => said.push(message.text()))
        .on("pageerror", (error) => said.push(String(error)));
      let timer: NodeJS.Timeout | undefined;
      try {
        const late = new Promise<Answer>(
          (resolve) =>
            (timer = setTimeout(
              () => resolve({ error: `no answer within ${timeoutMs / 1000} s` }),
              timeoutMs,
            )),
        );
        const given = await Promise.race([answer(page, { task, input }, where), late]);
        if ("error" in given) throw new Error([given.error, ...said].join("\n      "));
        return given.result as TaskResult<T>;
      } finally {
        clearTimeout(timer);
        await page.close();
      }
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

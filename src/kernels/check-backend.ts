import { awaitHint, reject, whatIs } from "../tensor/index.js";
import type { Backend } from "./backend.js";

/** @throws InputError unless it is a backend, where somebody's own code gives one */
export function checkBackend(where: string, given: unknown): void {
  const { step, matmul, backend } = (given ?? {}) as Partial<Backend> & { backend?: unknown };
  if (typeof step === "function" && typeof matmul === "function") return;
  const hint = backend === undefined ? "see openBackend" : "an engine's is engine.backend";
  reject(where, "a backend", whatIs(given), awaitHint(given) ?? hint);
}

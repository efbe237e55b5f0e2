/** The compiled `worker.ts` with what it imports, as one script; written by `build.mjs`. */
export declare const workerScript: string;

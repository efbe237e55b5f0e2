/** See `live.mjs`. */

export declare function liveFiles(): Promise<Map<string, Uint8Array>>;

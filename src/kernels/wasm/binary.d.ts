/** The compiled `assembly/`, in base64; written into `dist/` by `build.mjs`. */
export declare const binary: string;

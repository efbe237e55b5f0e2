/** What the site's server says with every file: what a page may load, run and be put into. */

/** By directive; the text of a Content-Security-Policy. */
function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}

/** Pages load what lies beside them, and nothing is inline. */
const PAGE = policy({
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "font-src": "'self'",
  "connect-src": "'self'",
  "worker-src": "'self'",
  "base-uri": "'self'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
});

/**
 * The engine runs in Workers of this folder, which have a policy of their own: it compiles its
 * WebAssembly, and starts threads from a text.
 */
const engine = (compiles: string): string =>
  policy({
    "default-src": "'none'",
    "script-src": `'self' ${compiles} blob:`,
    "connect-src": "'self'",
    "worker-src": "blob:",
  });

const ENGINE = engine("'wasm-unsafe-eval'");

/** gpu.js compiles what it makes of a kernel, also for its mode `cpu`; one chapter runs it. */
const GPU_ENGINE = engine("'wasm-unsafe-eval' 'unsafe-eval'");
const RUNS_GPU = "/assets/run/speed.js";

/** A picture that is opened by itself: its style is in it. */
const PICTURE = policy({
  "default-src": "'none'",
  "style-src": "'unsafe-inline'",
  "img-src": "data:",
  "frame-ancestors": "'none'",
});

const EVERYWHERE = {
  // threads may share memory, for which no other site may open this one or be opened in it
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
};

/** @param pathname of the request, decoded: `/assets/run/affine.js` */
export function siteHeaders(pathname: string): Readonly<Record<string, string>> {
  return { ...EVERYWHERE, "Content-Security-Policy": policyOf(pathname) };
}

function policyOf(pathname: string): string {
  if (pathname.endsWith(".svg")) return PICTURE;
  if (pathname === RUNS_GPU) return GPU_ENGINE;
  return pathname.startsWith("/assets/run/") ? ENGINE : PAGE;
}

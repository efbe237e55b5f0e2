/**
 * The laboratories: a page each with its text, a still picture that the engine has drawn, and the
 * scripts that bring it to life; and a page that leads to all of them.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { importTs } from "./import-ts.mjs";
import { labStyles } from "./lab-style.mjs";
import { onlyReference } from "./live.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { settingOf } from "./pages.mjs";
import { root } from "./places.mjs";
import { shell } from "./shell.mjs";
import { writtenViews } from "./written-views.mjs";

/** In the order in which a reader meets them; each is a folder of `site/labs`. */
const NAMES = ["filters", "im2col", "gradient-check", "one-step"];

const fileOf = (name, file) => `site/labs/${name}/${file}`;

/** The laboratories that are there. */
export const labNames = () =>
  NAMES.filter((name) => existsSync(join(root, fileOf(name, "text.md"))));

/** Where the text has its laboratory. */
const PLACE = "<!-- laboratory -->";

/**
 * The pages, by path.
 *
 * @param {import("./site.mjs").Site} site
 * @returns {Promise<Map<string, string>>}
 */
export async function labPages(site) {
  const pages = new Map();
  const known = [];
  for (const name of labNames()) {
    const page = await labPage(site, name);
    known.push({ name, ...page });
    pages.set(`labs/${name}.html`, page.html);
  }
  if (known.length > 0) pages.set("labs/index.html", indexPage(site, known));
  return pages;
}

async function labPage(site, name) {
  const file = fileOf(name, "text.md");
  const path = `labs/${name}.html`;
  const text = readFileSync(join(root, file), "utf8");
  const pieces = text.split(`\n${PLACE}\n`);
  if (pieces.length !== 2)
    site.report(`${file}: expected one line ${PLACE}, got ${pieces.length - 1}`);
  const setting = settingOf(site, file, path);
  const { html, title, description, headings } = renderMarkdown(
    pieces.join("\n\nPLACE-OF-THE-LABORATORY\n\n"),
    {
      ...setting,
      // a state of the laboratory itself
      placeOfLink: (link, from) =>
        /^#v\d/.test(link) ? `${path}${link}` : setting.placeOfLink(link, from),
    },
  );
  const { still } = await importTs(fileOf(name, "still.ts"));
  const lab =
    // where script runs, the browser need not lay out and paint what is at once replaced
    `<leibniz-lab name="${name}">\n<noscript><div class="still">\n${await still()}\n</div>` +
    `</noscript>\n` +
    `<script type="application/json">${await firstAnswer(name)}</script>\n</leibniz-lab>`;
  const main = html.replace("<p>PLACE-OF-THE-LABORATORY</p>", () => lab);
  return {
    title,
    description,
    html: shell({
      ...{ path, kind: "lab", name, title, description, main, headings },
      styles: ["labs"],
      scripts: [`labs/${name}`],
      course: site.chapters,
    }),
  };
}

/** What the engine says of the state at the start: so the page need not wait for its Worker. */
async function firstAnswer(name) {
  const { initialState } = await importTs("site/labs/frame/fields.ts");
  const { plainText } = await importTs("site/labs/frame/plain-text.ts");
  const { fields } = await importTs(fileOf(name, "state.ts"));
  const { compute } = await importTs(fileOf(name, "compute.ts"));
  return plainText(await compute(initialState(fields), {}));
}

/**
 * What is wrong with links to laboratories in some state.
 *
 * @returns {Promise<(page: string, hash: string) => string | null | undefined>}
 */
export async function labStates() {
  const { readState } = await importTs("site/labs/frame/fields.ts");
  const known = new Map();
  for (const name of labNames())
    known.set(`labs/${name}.html`, await importTs(fileOf(name, "state.ts")));
  return (page, hash) => {
    const lab = known.get(page);
    if (lab === undefined) return undefined;
    const read = readState(lab.fields, lab.version, hash.replaceAll("&amp;", "&"));
    return read === null ? undefined : read.problem;
  };
}

function indexPage(site, labs) {
  const items = labs.map(
    ({ name, title, description }) =>
      `<li><h2><a href="${name}.html">${title}</a></h2>\n<p>${description}</p></li>`,
  );
  return shell({
    path: "labs/index.html",
    kind: "labs",
    name: "labs",
    title: "Laboratories",
    description: "See a backward pass: pages in which the engine computes while you try things.",
    main:
      "<h1>Laboratories</h1>\n<p>Pages in which the engine computes while you try things. Every " +
      "number is its own, and every state is a link.</p>\n" +
      `<ul class="labs">${items.join("\n")}</ul>`,
    course: site.chapters,
  });
}

/**
 * Scripts, Workers and style, by their path on the site.
 *
 * @returns {Promise<Map<string, Uint8Array | string>>}
 */
export async function labFiles() {
  const names = labNames();
  const shared = {
    bundle: true,
    write: false,
    target: "es2022",
    outdir: root,
    logLevel: "warning",
  };
  const pages = await build({
    ...shared,
    entryPoints: names.map((name) => ({ in: join(root, fileOf(name, "page.ts")), out: name })),
    format: "iife",
    minify: true,
    plugins: [onlyReference],
  });
  const workers = await build({
    ...shared,
    entryPoints: names.map((name) => ({
      in: join(root, fileOf(name, "worker.ts")),
      out: `lab-${name}`,
    })),
    format: "esm",
    platform: "browser",
    // error messages name functions and arguments by texts of their own
    minify: true,
    legalComments: "none",
    plugins: [writtenViews, onlyReference],
  });
  const nameOf = (path) => path.slice(root.length).replaceAll("\\", "/").replace(/^\//, "");
  return new Map([
    ...pages.outputFiles.map(({ path, contents }) => [`assets/labs/${nameOf(path)}`, contents]),
    ...workers.outputFiles.map(({ path, contents }) => [`assets/run/${nameOf(path)}`, contents]),
    ["assets/labs.css", await labStyles()],
  ]);
}

/** All links of the site, from the files: whether what they lead to is there. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { searchClient } from "../../../site/build/search-pack.mjs";

/** What of a page links are about. */
interface Anchors {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
  /** Names that two elements have. */
  readonly doubled: readonly string[];
}

/**
 * Links, pictures, scripts and styles that lead nowhere, or to a place that a page does not have,
 * in pages and in what the search finds; and names that two elements of a page have.
 *
 * @param folder of the site
 * @param pages their paths in it
 */
export async function brokenLinks(folder: string, pages: readonly string[]): Promise<string[]> {
  const read = new Map<string, Anchors>();
  const anchorsOf = (path: string): Anchors => {
    const known = read.get(path);
    if (known !== undefined) return known;
    const html = readFileSync(join(folder, path), "utf8");
    const values = (name: string): string[] =>
      [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value]) =>
        value!.replaceAll("&amp;", "&"),
      );
    const names = values("id");
    const anchors = {
      ids: new Set(names),
      links: [...values("href"), ...values("src")],
      doubled: names.filter((name, i) => names.indexOf(name) < i),
    };
    read.set(path, anchors);
    return anchors;
  };
  const search = "assets/search.json";
  const { listed } = await searchClient();
  const found = listed(JSON.parse(readFileSync(join(folder, search), "utf8")));
  const linksFrom: readonly (readonly [path: string, links: readonly string[]])[] = [
    ...pages.map((path) => [path, anchorsOf(path).links] as const),
    [search, found.map(({ url }) => `../${url}`)],
  ];
  const broken = linksFrom.flatMap(([path, links]) =>
    [...new Set(links)].flatMap((link) => {
      if (/^(https?|mailto|data):/.test(link)) return [];
      if (/^[a-z]+:|^\//.test(link)) return [[`${link} is not relative`, path]];
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : posix.normalize(posix.join(dirname(path), file));
      if (target.startsWith("..")) return [[`${link} leads out of the site`, path]];
      if (!existsSync(join(folder, target))) return [[`${target} is not there`, path]];
      const place = decodeURIComponent(anchor ?? "");
      // the state of a laboratory, which the build has read
      if (target.startsWith("labs/") && /^v\d+(?:&|$)/.test(place)) return [];
      if (place === "" || !target.endsWith(".html") || anchorsOf(target).ids.has(place)) return [];
      return [[`no place #${place} on ${target}`, path]];
    }),
  );
  for (const path of pages)
    for (const name of anchorsOf(path).doubled) broken.push([`two elements are #${name}`, path]);
  const from = new Map<string, string[]>();
  for (const [what, path] of broken) from.set(what!, [...(from.get(what!) ?? []), path!]);
  return [...from].map(([what, paths]) => `${what}: on ${paths.length} pages, such as ${paths[0]}`);
}

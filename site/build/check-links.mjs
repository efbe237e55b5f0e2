/** Looks whether every link of a page leads somewhere: to a page, a picture, a place on a page. */
import { posix } from "node:path";

/**
 * @param {ReadonlyMap<string, string>} pages the HTML of each page, by its path
 * @param {ReadonlySet<string>} files all other files of the site
 * @param {Iterable<string>} [from] the pages whose links are followed; all if left out
 * @param {(file: string, hash: string) => string | null | undefined} [asState] what is wrong with a
 *   place that is the state of a laboratory, or null; undefined for one that is none
 * @returns {string[]} a line for each link that leads nowhere
 */
export function brokenLinks(pages, files, from = pages.keys(), asState = () => undefined) {
  const known = new Map();
  const hasPlace = (path, id) => {
    if (!pages.has(path)) return false;
    if (!known.has(path)) known.set(path, new Set(idsOf(pages.get(path))));
    return known.get(path).has(id);
  };
  const errors = [];
  for (const path of from) {
    const html = pages.get(path);
    const links = new Map([...html.matchAll(LINK)].map((found) => [found[2], found]));
    for (const [, name, link] of links.values()) {
      if (/^[a-z]+:/i.test(link)) continue;
      const [to, hash] = link.replaceAll("&amp;", "&").split("#");
      const file = to === "" ? path : posix.join(posix.dirname(path), decodeURI(to));
      if (!pages.has(file) && !files.has(file)) {
        errors.push(`${path}: ${name} ${link}: there is no ${file}`);
        continue;
      }
      if (hash === undefined) continue;
      const wrong = asState(file, hash);
      if (wrong) errors.push(`${path}: ${name} ${link}: ${wrong}`);
      else if (wrong === undefined && !hasPlace(file, decodeURIComponent(hash)))
        errors.push(`${path}: ${name} ${link}: ${file} has no place #${hash}`);
    }
    for (const id of doubled(idsOf(html))) errors.push(`${path}: two elements are called #${id}`);
  }
  return errors;
}

const LINK = / (href|src)="([^"]*)"/g;

const idsOf = (html) => [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);

/** Names that occur more than once. */
function doubled(ids) {
  const seen = new Set();
  return ids.filter((id) => seen.size === seen.add(id).size);
}

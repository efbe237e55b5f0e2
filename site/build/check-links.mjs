/** Looks whether every link of every page leads somewhere: page, picture and place on the page. */
import { posix } from "node:path";

/**
 * @param {ReadonlyMap<string, string>} pages the HTML of each page, by its path
 * @param {ReadonlySet<string>} files all other files of the site
 * @returns {string[]} a line for each link that leads nowhere
 */
export function brokenLinks(pages, files) {
  const places = new Map([...pages].map(([path, html]) => [path, idsOf(html)]));
  const errors = [];
  for (const [path, html] of pages) {
    const links = new Map(
      [...html.matchAll(/ (href|src)="([^"]*)"/g)].map((found) => [found[2], found]),
    );
    for (const [, name, link] of links.values()) {
      if (/^[a-z]+:/i.test(link)) continue;
      const [to, hash] = link.replaceAll("&amp;", "&").split("#");
      const file = to === "" ? path : posix.join(posix.dirname(path), decodeURI(to));
      if (!places.has(file) && !files.has(file))
        errors.push(`${path}: ${name} ${link}: there is no ${file}`);
      else if (hash !== undefined && !places.get(file)?.has(decodeURIComponent(hash)))
        errors.push(`${path}: ${name} ${link}: ${file} has no place #${hash}`);
    }
    for (const id of doubled(html)) errors.push(`${path}: two elements are called #${id}`);
  }
  return errors;
}

const ids = (html) => [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
const idsOf = (html) => new Set(ids(html));

/** Names that more than one element of a page has. */
function doubled(html) {
  const seen = new Set();
  return ids(html).filter((id) => seen.size === seen.add(id).size);
}

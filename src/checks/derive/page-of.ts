import { chapters } from "./chapters/index.js";

/** The page that an equation stands on: `conv2d.7` is on `conv2d-gradients`. */
export function pageOf(tag: string): string {
  const page = chapters.find(({ tags }) => tags.some((equation) => equation.tag === tag));
  return page?.name ?? tag.slice(0, tag.lastIndexOf("."));
}

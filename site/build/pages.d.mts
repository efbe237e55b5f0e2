import type { Site } from "./site.mjs";

export function chapterPage(site: Site, chapter: Site["chapters"][number]): string;

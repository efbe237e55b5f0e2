import type { Site } from "./site.mjs";

export function chapterPage(site: Site, chapter: Site["chapters"][number]): string;
export function notFoundPage(site: Site, base: string | null): string;
export function textPage(site: Site, file: string, kind: string): string;

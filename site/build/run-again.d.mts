export function blocksOf(text: string): string;
export function chapterPlaces(text: string): string;

export function spoken(math: string): string;

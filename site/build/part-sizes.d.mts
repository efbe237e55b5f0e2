export function withSizes(html: string): string;
export function partStyles(): string;

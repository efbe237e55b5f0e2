export function formula(tex: string, display: boolean, known?: ReadonlySet<string>): string;

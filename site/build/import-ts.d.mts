/** Runs a module of the site that is TypeScript; `file` is seen from the project's root. */
export function importTs<Module>(file: string): Promise<Module>;

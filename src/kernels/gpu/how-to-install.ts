/**
 * How to get a package that only one mode needs, so that npm installs it for nobody who has not
 * asked. Who runs the command line by `npx` may have no project to install it into: there it is
 * named beside the command line.
 */
export function howToInstall(name: "gl" | "webgpu"): string {
  return `npm install ${name}, or with npx: npx -p leibniz -p ${name} leibniz …`;
}

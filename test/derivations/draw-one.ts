/** Draws one of the chapters' pictures, in a process whose engine may have a mistake in it. */
export default async function drawOne(address: string): Promise<string> {
  const { draw } = (await import(address)) as { draw: () => Promise<string> };
  return draw();
}

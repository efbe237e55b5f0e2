/** The planes of what the microscope shows, by their names. */
import { type Plane, planesOf } from "./grids.js";
import type { Scene } from "./scene.js";

export type PlaneName = "x" | "weight" | "dOut" | "out" | "dX" | "dWeight";

/** [C, H, W], [K, C, kH, kW] or [K, outH, outW], as a plane for each grid. */
export function planes(
  scene: Scene,
  name: PlaneName,
  values: readonly number[] = scene.numbers[name],
): Plane[] {
  const { geometry } = scene.numbers;
  const { channels: C, filters: K } = scene.state;
  const { H, W, kH, kW, outH, outW } = geometry;
  if (name === "x" || name === "dX") return planesOf(values, [C], H, W);
  if (name === "weight" || name === "dWeight") return planesOf(values, [K, C], kH, kW);
  return planesOf(values, [K], outH, outW);
}

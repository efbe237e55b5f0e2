/** What a link to one step carries. */
import { type Fields, flag, numbers, oneOf, type ReadState, real, whole } from "../frame/fields.js";
import { addressField, addressOf, pathField, pathOf, writtenPath } from "./address.js";
import {
  type NetworkName,
  NETWORKS,
  type OptimizerName,
  OPTIMIZERS,
  SIZE,
  sizeOf,
  stageCount,
  startShapes,
  tensorShapes,
} from "./networks.js";
import { PICTURES } from "./pictures.js";

export const RATES = ["0.001", "0.01", "0.1", "0.5", "1", "10", "1e100", "1e300"] as const;

export const VIEWS = ["stage", "all", "nudge"] as const;

export const PLANTS = ["none", "nan", "infinity"] as const;

export interface OneStepState
  extends Readonly<Record<string, number | string | boolean | readonly number[]>> {
  readonly network: NetworkName;
  readonly image: readonly number[];
  readonly label: number;
  readonly seed: number;
  readonly optimizer: OptimizerName;
  readonly rate: (typeof RATES)[number];
  /** Which step is seen; those before it have been taken. */
  readonly step: number;
  readonly view: (typeof VIEWS)[number];
  readonly stage: number;
  /** The numbers that were opened, one from the other. */
  readonly path: string;
  /** The number that is nudged, and by how much. */
  readonly nudged: string;
  readonly delta: number;
  /** What is put in place of a number, and of which. */
  readonly plant: (typeof PLANTS)[number];
  readonly plantAt: string;
  /** Whether the stages go on behind a number that is not finite. */
  readonly goOn: boolean;
}

/** As many as are taken within a blink. */
export const MOST_STEPS = 25;

export const version = 1;

export const fields: Fields<OneStepState> = {
  network: oneOf<NetworkName>("pooled", Object.keys(NETWORKS) as NetworkName[]),
  image: numbers([...PICTURES.upright.pixels], -100, 100),
  label: whole(0, 0, 2),
  seed: whole(1, 0, 9999),
  optimizer: oneOf<OptimizerName>("momentum", OPTIMIZERS),
  rate: oneOf<OneStepState["rate"]>("0.1", RATES),
  step: whole(1, 1, MOST_STEPS),
  view: oneOf<OneStepState["view"]>("stage", VIEWS),
  stage: whole(1, 0, 30),
  path: pathField("none"),
  nudged: addressField("conv1.weight-4"),
  delta: real(0.5, -4, 4),
  plant: oneOf<OneStepState["plant"]>("none", PLANTS),
  plantAt: addressField("x-14"),
  goOn: flag(false),
};

/** Stages and numbers that the network has. */
export function settle(given: OneStepState): ReadState<OneStepState> {
  const { network, optimizer } = given;
  const shapes = tensorShapes(network, optimizer);
  const starts = startShapes(network);
  const [missing, state]: [string[], Record<string, number | string>] = [[], {}];
  const isIn = (known: ReadonlyMap<string, readonly number[]>, text: string): boolean => {
    const address = addressOf(text)!;
    const shape = known.get(address.tensor);
    return shape !== undefined && address.index < sizeOf(shape);
  };
  const path = pathOf(given.path);
  const there = path.findIndex(({ tensor, index }) => !isIn(shapes, `${tensor}-${index}`));
  if (there >= 0) {
    missing.push(`${path[there]!.tensor} ${path[there]!.index}`);
    state["path"] = writtenPath(path.slice(0, there));
  }
  if (!isIn(starts, given.nudged)) {
    if (given.view === "nudge") missing.push(given.nudged.replace("-", " "));
    state["nudged"] = "fc1.weight-0";
  }
  if (!isIn(starts, given.plantAt)) {
    if (given.plant !== "none") missing.push(given.plantAt.replace("-", " "));
    state["plantAt"] = `x-${2 * SIZE + 2}`;
  }
  const stage = Math.min(given.stage, stageCount(network) - 1);
  const problem =
    missing.length === 0 ? null : `This network has no number ${missing.join(", ")}: it is closed.`;
  return { state: { ...given, ...state, stage }, problem };
}

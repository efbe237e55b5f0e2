/**
 * Computation graphs: what is computed from what, with the numbers that go forward above each edge
 * and the gradients that come back below it.
 */
import { arrow, lengthOf } from "./arrow.js";
import type { Place } from "./diagram.js";
import { textAt } from "./frame.js";
import { element } from "./svg.js";
import { textWidth } from "./text.js";

/** A value or an operation. */
export interface GraphNode {
  /** By which edges name it. */
  readonly id: string;
  /** Of its middle. */
  readonly at: Place;
  /** Written into it. */
  readonly text: string;
  /** `value`: text alone, for inputs and results. `operation`: in a round box. */
  readonly kind?: "value" | "operation";
}

/** From one node to another. */
export interface GraphEdge {
  /** The id of a node. */
  readonly from: string;
  /** The id of another one. */
  readonly to: string;
  /** What goes along it, above. */
  readonly forward?: string;
  /** The gradient that comes back along it, below. */
  readonly backward?: string;
  /** As an {@link arrow}'s. */
  readonly bend?: number;
  /** Where its numbers are, as a share of the way; 0.5 if left out. */
  readonly along?: number;
}

/** What {@link graph} draws. */
export interface GraphOptions {
  /** Each with an id of its own. */
  readonly nodes: readonly GraphNode[];
  /** Drawn below the nodes. */
  readonly edges: readonly GraphEdge[];
}

/** The series' colour of numbers that go forward. */
export const FORWARD = 0;
/** The series' colour of gradients that come back. */
export const BACKWARD = 1;
/** Half the height of an operation's box, and the room between a text and its edges. */
const [HALF, ROOM] = [13, 8];

/**
 * Nodes and edges.
 *
 * @throws TypeError when an edge names a node that there is not
 */
export function graph({ nodes, edges }: GraphOptions): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const nodeOf = (id: string): GraphNode => {
    const node = byId.get(id);
    if (node === undefined) throw new TypeError(`graph: expected a node called ${id}, got none`);
    return node;
  };
  return [
    ...edges.map((edge) => drawEdge(edge, nodeOf(edge.from), nodeOf(edge.to))),
    ...nodes.map(drawNode),
  ].join("");
}

function halfWidth({ text, kind }: GraphNode): number {
  const half = textWidth(text) / 2;
  return kind === "operation" ? Math.max(HALF, half + ROOM) : half + 4;
}

function drawNode(node: GraphNode): string {
  const { at, text, kind = "value" } = node;
  const half = halfWidth(node);
  const box = { x: at[0] - half, y: at[1] - HALF, width: 2 * half, height: 2 * HALF, rx: HALF };
  return (
    (kind === "operation"
      ? element("rect", { class: "ground", ...box }) +
        element("rect", { class: "guide line", ...box })
      : "") + textAt(at[0], at[1] + 4.5, text, { "text-anchor": "middle" })
  );
}

/** Where a line from the node's middle towards `to` leaves it. */
function border(node: GraphNode, to: Place): Place {
  const [dx, dy] = [to[0] - node.at[0], to[1] - node.at[1]];
  if (dx === 0 && dy === 0) return node.at;
  const [half, high] = [halfWidth(node), node.kind === "operation" ? HALF : 10];
  const share = Math.min(
    dx === 0 ? Infinity : half / Math.abs(dx),
    dy === 0 ? Infinity : high / Math.abs(dy),
  );
  return [node.at[0] + share * dx, node.at[1] + share * dy];
}

function drawEdge(edge: GraphEdge, from: GraphNode, to: GraphNode): string {
  const { forward, backward, bend = 0, along = 0.5 } = edge;
  const [start, end] = [border(from, to.at), border(to, from.at)];
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const length = lengthOf(dx, dy) || 1;
  // the arc's height over the place
  const out = 4 * bend * along * (1 - along);
  const middle: Place = [
    start[0] + along * dx - (out * dy) / length,
    start[1] + along * dy + (out * dx) / length,
  ];
  // beside a steep edge the numbers stand to its left and right
  const isSteep = Math.abs(dy) > Math.abs(dx);
  const text = (said: string | undefined, side: -1 | 1, series: number): string => {
    if (said === undefined) return "";
    const place: Place = isSteep
      ? [middle[0] + side * 6, middle[1] + 4]
      : [middle[0], middle[1] + (side < 0 ? -6 : 16)];
    return textAt(place[0], place[1], said, {
      class: `s${series} fill halo`,
      "text-anchor": isSteep ? (side < 0 ? "end" : "start") : "middle",
      style: "font-size:13px",
    });
  };
  return arrow(start, end, { bend }) + text(forward, -1, FORWARD) + text(backward, 1, BACKWARD);
}

/** Reads SVG as strictly as XML is read, so that tests can look into figures. */
import { textWidth } from "leibniz/figures";

export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Node | string)[];
}

const TAG = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/gy;

/** @throws Error where it is not well-formed, or an attribute is there twice */
export function parseMarkup(text: string): Node {
  const top: Node = { name: "", attributes: {}, children: [] };
  const open: Node[] = [top];
  for (const [whole, closes, name, attributes, isEmpty, content, stray] of text.matchAll(TAG)) {
    const parent = open.at(-1)!;
    if (stray !== undefined) throw new Error(`a tag that is none in <${parent.name}>`);
    if (content !== undefined) {
      if (/&(?!#\d+;)/.test(content)) throw new Error(`an entity that is none in "${content}"`);
      parent.children.push(unescape(content));
    } else if (closes === "/") {
      if (name !== parent.name) throw new Error(`${whole} closes <${parent.name}>`);
      open.pop();
    } else {
      const node: Node = { name: name!, attributes: attributesOf(attributes!), children: [] };
      parent.children.push(node);
      if (isEmpty !== "/") open.push(node);
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is not closed`);
  const [root, ...others] = top.children;
  if (typeof root !== "object" || others.length > 0) throw new Error("more or less than one root");
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/\s+([\w:-]+)="([^"]*)"/g)) {
    if (name! in attributes) throw new Error(`the attribute ${name} twice in ${text}`);
    attributes[name!] = unescape(value!);
  }
  return attributes;
}

function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

/** All elements of a name, in their order. */
export function elementsOf(node: Node, name: string): Node[] {
  return node.children.flatMap((child) =>
    typeof child === "string"
      ? []
      : [...(child.name === name ? [child] : []), ...elementsOf(child, name)],
  );
}

/** Its own text, without that of elements in it. */
export function textOf(node: Node): string {
  return node.children.filter((child) => typeof child === "string").join("");
}

export interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where the texts of a figure are, by its own estimate of their widths. */
export function textBoxes(figure: Node): Box[] {
  return elementsOf(figure, "text").map((node) => {
    const { attributes } = node;
    const text = textOf(node);
    const size = Number(/font-size:([\d.]+)px/.exec(attributes["style"] ?? "")?.[1] ?? 13);
    const [x, y] = [Number(attributes["x"]), Number(attributes["y"])];
    const width = textWidth(text, size);
    const share = { middle: 0.5, end: 1 }[attributes["text-anchor"] ?? "start"] ?? 0;
    const [along, over, under] = [share * width, 0.78 * size, 0.24 * size];
    // turned texts lead upwards from their beginning
    return attributes["transform"] === undefined
      ? { text, left: x - along, right: x - along + width, top: y - over, bottom: y + under }
      : { text, left: x - over, right: x + under, top: y - width, bottom: y };
  });
}

/** Pairs of texts that lie on each other by more than `tolerance` pixels. */
export function overlaps(boxes: readonly Box[], tolerance = 0.5): string[] {
  return boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter(
        (b) =>
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > tolerance &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > tolerance,
      )
      .map((b) => `"${a.text}" on "${b.text}"`),
  );
}

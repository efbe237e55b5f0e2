/** The notes' network as it was written, and its plan. */
import { arrow, diagram, graph, label } from "leibniz/figures";
import { notebookNetwork } from "leibniz/network";

export const breaks = {
  file: "src/network/plan.ts",
  find: "pattern: [Conv2d, [Relu], MaxPool2d, [Relu]]",
  replace: "pattern: [Conv2d, [Relu], MaxPool2d, MaxPool2d]",
};

const [STEP, TOP, LEFT, RIGHT] = [38, 62, 58, 262];

/** @returns {Promise<string>} */
export default async function draw() {
  const network = notebookNetwork();
  const { layers, planned } = network;
  const shapes = network.outputShapes([1, 1, 28, 28]);
  const sizes = shapes.map((shape) => shape.reduce((size, extent) => size * extent, 1));
  const y = (l) => TOP + l * STEP;
  const nodes = layers.map(({ name }, l) => ({
    id: name,
    at: [LEFT, y(l)],
    text: name,
    kind: "operation",
  }));
  const edges = layers.slice(1).map(({ name }, l) => ({ from: layers[l].name, to: name }));
  let next = 0;
  const groups = planned.map(({ name, parts }) => {
    const count = parts?.length ?? 1;
    const group = { id: `plan ${name}`, first: next, last: next + count - 1, count };
    next += count;
    return { ...group, middle: (y(group.first) + y(group.last)) / 2 };
  });
  const text = ({ first, count }) =>
    count === 1
      ? layers[first].name
      : layers
          .slice(first, first + count)
          .map(({ name }) => name)
          .join(" + ");
  const plan = groups.map((group) => ({
    id: group.id,
    at: [RIGHT, group.middle],
    text: text(group),
    kind: "operation",
  }));
  const links = groups.slice(1).map((group, g) => ({ from: groups[g].id, to: group.id }));
  const braces = groups
    .filter(({ count }) => count > 1)
    .flatMap(({ first, last, middle }) => [
      arrow([152, y(first) - 12], [152, y(last) + 12], { series: 1, headless: true }),
      arrow([152, middle], [RIGHT - 92, middle], { series: 1 }),
    ]);
  const written = (of) => of.reduce((sum, l) => sum + sizes[l], 0).toLocaleString("en-US");
  return diagram({
    title: "A network as it was written, and its plan",
    description:
      "Ten layers in a chain on the left. On the right the plan has six: conv1, relu1 and pool1 " +
      "have become one, and so have conv2, relu2 and pool2. The others are as they were.",
    width: 384,
    height: y(layers.length - 1) + 64,
    content: [
      label([LEFT, 20], "as written", { anchor: "middle" }),
      label([RIGHT, 20], "the plan", { anchor: "middle" }),
      label([110, 40], "outputs", { anchor: "middle", soft: true, size: 12 }),
      graph({ nodes: [...nodes, ...plan], edges: [...edges, ...links] }),
      ...braces,
      ...layers.map((_, l) =>
        label([148, y(l) + 4], sizes[l].toLocaleString("en-US"), {
          anchor: "end",
          soft: true,
          size: 11,
        }),
      ),
      label(
        [14, y(layers.length - 1) + 36],
        `outputs for an image: ${written(layers.map((_, l) => l))} numbers as written,`,
        { soft: true, size: 12 },
      ),
      label(
        [14, y(layers.length - 1) + 53],
        `${written(groups.map(({ last }) => last))} in the plan, and the winners' places`,
        { soft: true, size: 12 },
      ),
    ],
  });
}

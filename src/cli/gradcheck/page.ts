/**
 * The page of `leibniz gradcheck --html`: one file that needs nothing else, neither a network nor
 * JavaScript.
 */
import { gradientName } from "../../backprop/index.js";
import { element, escape, facts as factList, htmlPage } from "../../figures/index.js";
import { LAYER_TOLERANCE, verdictOf } from "../../gradcheck/index.js";
import { formatShape } from "../../tensor/index.js";
import type { Checked } from "./checked.js";
import { curvePlot } from "./curve.js";
import { heatMap, legend, PATTERNS } from "./heat-map.js";
import { STYLE } from "./style.js";
import { formatError, formatOptions, worstOf } from "./table.js";

/** Kinks that are written out below a map; all of them can be pointed at in it. */
const KINKS_SHOWN = 10;

/**
 * @param network the name of the network that was checked, null where it was layers
 * @returns an HTML document with a section per layer, and in it a heat map and a curve per argument
 *   and case
 */
export function gradcheckPage(checked: readonly Checked[], network: string | null): string {
  const layers = [...new Set(checked.map(({ layer }) => layer))];
  const of = (layer: string): Checked[] => checked.filter((one) => one.layer === layer);
  const title = network === null ? "Gradient check" : `Gradient check of the network ${network}`;
  const body = [
    PATTERNS,
    element("header", {}, [
      element("h1", {}, escape(title)),
      element("p", { class: "lead" }, introduction(checked)),
      legend(checked[0]?.tolerance ?? LAYER_TOLERANCE),
    ]),
    ...(layers.length > 1
      ? [
          element(
            "nav",
            { "aria-label": "Layers" },
            layers.map((layer) =>
              element(
                "a",
                { href: `#${layer}`, class: `chip ${worstVerdict(of(layer))}` },
                escape(layer),
              ),
            ),
          ),
        ]
      : []),
    element("main", {}, [
      element("details", { class: "how" }, [element("summary", {}, "How to read this"), HOW]),
      ...layers.map((layer) => section(layer, of(layer))),
    ]),
  ];
  return htmlPage({ title, body, style: STYLE });
}

function introduction(checked: readonly Checked[]): string {
  const wrong = checked.filter((one) => verdictOf(one) === "wrong").length;
  const worst = checked
    .map(({ result }) => result.maxRelativeError)
    .filter(Number.isFinite)
    .reduce((a, b) => Math.max(a, b), 0);
  const entries = checked.reduce((sum, { result }) => sum + result.entries, 0);
  const kinks = checked.reduce((sum, { result }) => sum + result.kinks.length, 0);
  const result =
    wrong === 0
      ? "none is wrong"
      : `<strong class="wrong">${wrong} ${wrong === 1 ? "is" : "are"} wrong</strong>`;
  const counted = `; ${kinks} ${kinks === 1 ? "entry is a kink" : "entries are kinks"}`;
  return (
    `${checked.length} gradients with ${entries.toLocaleString("en-US")} entries, each ` +
    `compared with numeric differentiation: ${result}. The largest relative error is ` +
    `${formatError(worst)}${kinks === 0 ? "" : counted}.`
  );
}

const HOW = `<p>Each square is one entry of a gradient. Its colour is the relative error between
what backward returns and what moving the entry a little measures; point at a square for both
values. Blue is exact to rounding, pale yellow is as far as passes, red is wrong. The last two axes
of a tensor make a block; the blocks of the other axes follow each other in reading order.</p>
<p>Beside it stands, for the worst entry, the error of the difference quotient against its step,
both on logarithmic axes. From the right it falls with h², because a smaller step cuts less off the
Taylor series; from the left it falls with 1/h, because a larger step divides the rounding error by
more. The two bounds are those of the chapter on the gradient check. A straight line has no f‴, and
so no right arm. If backward is wrong, the curve stays on a plateau, whatever the step.</p>`;

function section(layer: string, checked: readonly Checked[]): string {
  const isRandom = ({ geometry }: Checked): boolean => geometry.startsWith("random");
  // A random geometry is shown in full only if it does not pass.
  const shown = checked.filter((one) => !isRandom(one) || verdictOf(one) !== "pass");
  const cases = [...new Set(shown.map(({ geometry }) => geometry))];
  return element("section", { id: layer }, [
    element("h2", {}, escape(layer)),
    ...cases.map((geometry) => {
      const all = shown.filter((one) => one.geometry === geometry);
      const first = all[0]!;
      const caption =
        geometry === "network"
          ? first.shapes
          : [geometry, first.shapes, formatOptions(first.options)]
              .filter((text) => text !== "")
              .join(" · ");
      return element("h3", {}, escape(caption)) + all.map(card).join("");
    }),
    geometries(layer, checked.filter(isRandom)),
  ]);
}

function card(checked: Checked): string {
  const { result, tolerance, adjoint } = checked;
  const {
    argument,
    shape,
    maxRelativeError,
    worstIndex,
    analytic,
    numeric,
    errorEstimate,
    entries,
    hint,
    checks,
    curve,
  } = result;
  const verdict = verdictOf(checked);
  const step = checks.find(({ index }) => index === curve?.index)?.step ?? 0;
  const isDrawn = entries < shape.reduce((a, b) => a * b, 1);
  const facts: [string, string][] = [
    ["largest relative error", `${formatError(maxRelativeError)} at ${formatShape(worstIndex)}`],
    ["backward", String(analytic)],
    ["measured", `${numeric} ± ${errorEstimate.toExponential(0)}`],
    ...(adjoint === null
      ? []
      : [
          [
            "adjoint",
            formatError(adjoint.relativeError) +
              (adjoint.verdict === "wrong" ? ": backward is not the transpose of forward" : ""),
          ] as [string, string],
        ]),
  ];
  return element("article", { class: `card ${verdict}` }, [
    element("h4", {}, [
      escape(gradientName(argument)),
      element(
        "small",
        {},
        escape(` ${formatShape(shape)}${isDrawn ? `, ${entries} entries drawn` : ""}`),
      ),
      element("span", { class: `verdict ${verdict}` }, verdict),
    ]),
    ...(hint === null
      ? []
      : [element("p", { class: "hint" }, `Looks like this: ${escape(hint)}.`)]),
    element("div", { class: "pictures" }, [
      element("div", { class: "found" }, [
        element("figure", {}, heatMap(result, tolerance)),
        factList(facts),
      ]),
      ...(curve === null
        ? []
        : [
            element(
              "figure",
              {},
              curvePlot(
                curve,
                [step, step / 2],
                `${gradientName(argument)} at ${formatShape(curve.index)}`,
              ) +
                element(
                  "figcaption",
                  {},
                  `relative error at ${escape(formatShape(curve.index))} against the step`,
                ),
            ),
          ]),
    ]),
    kinkList(checked),
  ]);
}

function kinkList({ result }: Checked): string {
  const kinks = result.checks.filter(({ verdict }) => verdict === "kink");
  if (kinks.length === 0) return "";
  const items = kinks
    .slice(0, KINKS_SHOWN)
    .map(({ index, flipped }) =>
      element(
        "li",
        {},
        escape(`${formatShape(index)}: ${flipped ?? "the slopes to both sides differ"}`),
      ),
    );
  return element("details", { class: "kinks", open: "open" }, [
    element("summary", {}, `${kinks.length} ${kinks.length === 1 ? "kink" : "kinks"}`),
    element("ul", {}, [
      ...items,
      ...(kinks.length > KINKS_SHOWN
        ? [element("li", {}, `and ${kinks.length - KINKS_SHOWN} more`)]
        : []),
    ]),
  ]);
}

/** The random geometries of a layer, one row per argument. */
function geometries(layer: string, checked: readonly Checked[]): string {
  if (checked.length === 0) return "";
  const names = [...new Set(checked.map(({ result }) => result.argument))];
  const rows = names.map((argument) => {
    const all = checked.filter(({ result }) => result.argument === argument);
    const worst = worstOf(all);
    const cells = [
      String(all.length),
      formatError(worst.result.maxRelativeError),
      [worst.shapes, formatOptions(worst.options)].filter((text) => text !== "").join(" · "),
    ];
    return element("tr", {}, [
      element("th", { scope: "row" }, escape(gradientName(argument))),
      ...cells.map((cell) => element("td", {}, escape(cell))),
      element(
        "td",
        {},
        element("span", { class: `verdict ${worstVerdict(all)}` }, worstVerdict(all)),
      ),
    ]);
  });
  const head = ["gradient", "random geometries", "largest relative error", "where", "verdict"].map(
    (name) => element("th", { scope: "col" }, name),
  );
  return element(
    "div",
    // so that it can be scrolled from the keyboard
    { class: "wide", role: "region", tabindex: 0, "aria-label": `Random geometries of ${layer}` },
    element("table", {}, [
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, rows),
    ]),
  );
}

function worstVerdict(checked: readonly Checked[]): string {
  return (
    (["wrong", "noise", "domain", "kink"] as const).find((verdict) =>
      checked.some((one) => verdictOf(one) === verdict),
    ) ?? "pass"
  );
}

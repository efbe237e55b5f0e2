/** Two roads to dX: columns that go back, and a turned filter that gathers. */
import { html, type TemplateResult } from "lit-html";
import { slider } from "../frame/controls.js";
import { numberGrid } from "../frame/number-grid.js";
import { fullNumber } from "../frame/short-number.js";
import { equation } from "./equation.js";
import { planeGrids, planesOf } from "./grids.js";
import { planes } from "./planes.js";
import { isSameWindow, placeOf, placesUnder, type Scene, windowAt, windowCount } from "./scene.js";
import { END } from "./state.js";

/** How far along each road. */
interface Way {
  readonly at: number;
  readonly end: number;
  readonly windows: number;
  readonly pixels: number;
}

const ARRIVING = "Both are on their way to the same dX";

function wayOf(scene: Scene): Way {
  const { H, W } = scene.numbers.geometry;
  const [P, all] = [windowCount(scene), H * W];
  const end = Math.max(P, all);
  const at = Math.min(scene.state.travelled, end);
  return { at, end, windows: Math.min(at, P), pixels: Math.min(at, all) };
}

export function roadsView(scene: Scene): TemplateResult {
  const way = wayOf(scene);
  const { lengths, apart } = scene.numbers.roads!;
  const isThere = way.at === way.end;
  return html`${scrub(scene, way)}
    <div class="pair">
      <section>
        <h3>First road: every window gives back</h3>
        <p>
          Window ${way.windows} of ${windowCount(scene)}. In all ${lengths.first} multiplications.
        </p>
        ${firstRoad(scene, way)}
        ${equation("conv2d-gradients", "conv2d.10", "dX = col2im(dCols)")}
      </section>
      <section>
        <h3>Second road: every pixel gathers</h3>
        <p>
          Pixel ${way.pixels} of ${scene.numbers.geometry.H * scene.numbers.geometry.W}. In all
          ${lengths.second} multiplications.
        </p>
        ${secondRoad(scene, way)}
        <p class="hint">
          Dashed: zeros that were put in, around dOut${
            scene.state.stride > 1 ? " and, since the stride is above 1, between its cells" : ""
          }.
        </p>
        ${equation(
          "conv2d-second-road",
          "conv2d.14b",
          "dX[n, c, h, w] = Σ flipped[k, c, i, j] · up[n, k, h + i·dilationH − padH′, …]",
          false,
        )}
      </section>
    </div>
    <p class="total">
      ${
        isThere
          ? html`Both have arrived. The largest difference between the two dX:
            <output>${fullNumber(apart)}</output>.`
          : `${way.windows === windowCount(scene) ? "The first road is at its end" : ARRIVING}.`
      }
    </p>`;
}

function scrub(scene: Scene, { at, end }: Way): TemplateResult {
  const { lab } = scene;
  const go = (travelled: number, group?: string): void =>
    lab.set(
      { travelled: travelled >= end ? END : Math.max(0, travelled) },
      group === undefined ? {} : { group },
    );
  return html`<div class="scrub">
    <button type="button" ?disabled=${at === 0} @click=${() => go(0)}>To the start</button>
    <button type="button" ?disabled=${at === 0} @click=${() => go(at - 1)}>Step back</button>
    <button type="button" ?disabled=${at === end} @click=${() => go(at + 1)}>Step on</button>
    ${slider({
      label: "step",
      value: at,
      least: 0,
      most: end,
      text: `${at} of ${end}`,
      onInput: go,
    })}
  </div>`;
}

function firstRoad(scene: Scene, { at, end, windows }: Way): TemplateResult {
  const { numbers } = scene;
  const P = windowCount(scene);
  const isPassing = at > 0 && at < end && at <= P;
  const window = windowAt(scene, Math.max(0, windows - 1));
  const under = isPassing ? placesUnder(scene, window) : new Set<number>();
  return html`<div class="grids">
    ${planeGrids(scene, planes(scene, "dOut"), {
      name: "dOut",
      scale: "gradient",
      edited: "dOut",
      marks: ([, p, q]) => (isPassing && isSameWindow(window, p!, q!) ? "lit" : ""),
    })}
    ${numberGrid({
      label: "dCols = filtersᵀ · dOut",
      rows: numbers.dCols.length / P,
      columns: P,
      scale: "gradient",
      value: (r, s) => numbers.dCols[r * P + s]!,
      marks: (_, s) => (isPassing && s === windows - 1 ? "lit" : s >= windows ? "faint" : ""),
    })}
    ${planeGrids(scene, planes(scene, "dX", numbers.roads!.first), {
      name: "dX",
      note: ", first road",
      scale: "gradient",
      marks: ([c, h, w]) =>
        under.has(placeOf(scene, { kind: "pixel", c: c!, h: h!, w: w! })) ? "lit" : "",
    })}
  </div>`;
}

function secondRoad(scene: Scene, { at, end, pixels }: Way): TemplateResult {
  const { numbers, state } = scene;
  const { H, W, kH, kW } = numbers.geometry;
  const { up, upSize, upSources, gaps, flipped, second } = numbers.roads!;
  const isPassing = at > 0 && at < end && pixels === at;
  const [h, w] = [Math.floor((pixels - 1) / W), (pixels - 1) % W];
  const placeOfUp = ([k, a, b]: readonly number[]): number =>
    (k! * upSize[0] + a!) * upSize[1] + b!;
  const under = new Set(isPassing ? upSources.filter((_, at) => at % (H * W) === pixels - 1) : []);
  return html`<div class="grids">
    ${planeGrids(scene, planesOf(up, [state.filters], ...upSize), {
      name: "up",
      note: ": dOut between zeros",
      scale: "gradient",
      marks: (at) => {
        const place = placeOfUp(at);
        const zero = gaps[place] === 0 ? "padding" : "";
        return under.has(place) ? `${zero} lit` : zero;
      },
    })}
    ${planeGrids(scene, planesOf(flipped, [state.channels, state.filters], kH, kW), {
      name: "flipped",
      scale: "signed",
    })}
    ${planeGrids(scene, planes(scene, "dX", second), {
      name: "dX",
      note: ", second road",
      scale: "gradient",
      isShown: ([, r, s]) => r! * W + s! < pixels,
      marks: ([, r, s]) => (isPassing && r === h && s === w ? "lit" : ""),
    })}
  </div>`;
}

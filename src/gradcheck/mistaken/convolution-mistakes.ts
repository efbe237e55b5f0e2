/** What goes wrong in the backward pass of a convolution, one thing at a time. */
import {
  type Convolution,
  dBiasOf,
  dWeightOf,
  dXOf,
  type Places,
  rightPlaces,
} from "./convolution-loops.js";
import {
  averagedOverlaps,
  filtersReadBack,
  imagesReadBack,
  overwrittenOverlaps,
  withoutFactor,
  withShiftedColumns,
} from "./convolution-terms.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import { type WrongSizes, wrongFullConvolutions, wrongPaddings } from "./mistaken-windows.js";
import {
  filtersTurned,
  wrongBorders,
  wrongDOut,
  wrongFilters,
  wrongGroups,
  wrongImages,
  wrongOrders,
  wrongOrdersOfGroups,
  wrongPixels,
  type WrongPlaces,
  wrongSums,
  wrongWeights,
} from "./wrong-places.js";

/** Which equation a layer has for each of a convolution's gradients. */
export interface ConvolutionTags {
  /** dBias = Σ dOut */
  readonly bias: string;
  /** dWeight = Σ dOut · colsᵀ */
  readonly weight: string;
  /** dCols = filtersᵀ · dOut */
  readonly columns: string;
  /** What col2im adds up, and where. */
  readonly image: string;
  /** dX = col2im(dCols), where the padding is taken off. */
  readonly padding: string;
}

/** A layer that convolves: how a case of it becomes a convolution, and what can be wrong in it. */
export interface Convolving {
  readonly of: (point: MistakenPoint) => Convolution;
  readonly tags: ConvolutionTags;
  /** Strides, dilations, places: as far as the layer has them. */
  readonly sizes: readonly WrongSizes[];
  readonly hasGroups: boolean;
  /** What the gradient of the convolution's output is called. */
  readonly upstream: "dOut" | "dConv";
}

type Gradient = (convolution: Convolution, places: Places) => ArrayLike<number> | null;
type Row = readonly [
  says: string,
  tag: string,
  gradient: (convolution: Convolution) => ArrayLike<number> | null,
];

const inPlaces =
  (gradient: Gradient, places: WrongPlaces[1]): Row[2] =>
  (convolution) => {
    const right = rightPlaces(convolution);
    return gradient(convolution, { ...right, ...places(convolution, right) });
  };

const ofSizes =
  (gradient: Gradient, sizes: WrongSizes[1]): Row[2] =>
  (convolution) => {
    const wrong = { ...convolution, ...sizes(convolution) };
    return gradient(wrong, rightPlaces(wrong));
  };

/** The right numbers, put in order as if they lay in the wrong places. */
const readBack =
  (gradient: Gradient, back: typeof filtersReadBack, places: WrongPlaces[1]): Row[2] =>
  (convolution) => {
    const right = rightPlaces(convolution);
    const wrong = { ...right, ...places(convolution, right) };
    return back(convolution, gradient(convolution, right)!, wrong);
  };

/** Rows of one gradient with one tag, each mistake in places or sizes. */
function rowsOf(gradient: Gradient, tag: string) {
  return {
    places: (list: readonly WrongPlaces[], before = ""): Row[] =>
      list.map(([says, places]) => [before + says, tag, inPlaces(gradient, places)]),
    sizes: (list: readonly WrongSizes[]): Row[] =>
      list.map(([says, sizes]) => [says, tag, ofSizes(gradient, sizes)]),
  };
}

function biasRows({ bias: tag }: ConvolutionTags): readonly Row[] {
  const { places } = rowsOf(dBiasOf, tag);
  return [
    ...places(wrongDOut),
    ...places(wrongSums),
    [
      "dBias is multiplied by the bias, whose rate is 1",
      tag,
      (convolution) => {
        const { bias } = convolution;
        if (bias === null) return null;
        return dBiasOf(convolution, rightPlaces(convolution))!.map((d, k) => d * bias[k]!);
      },
    ],
  ];
}

function weightRows({ tags, sizes: own, hasGroups }: Convolving): readonly Row[] {
  const { places, sizes } = rowsOf(dWeightOf, tags.weight);
  return [
    ...sizes([...own, ...wrongPaddings]),
    ...places([["dWeight comes out turned by half a turn", filtersTurned]]),
    ...places([...wrongFilters, ...wrongOrders], "dWeight is laid out "),
    ...wrongOrders.map(
      ([says, wrong]): Row => [
        `dWeight is laid out ${says}`,
        tags.weight,
        readBack(dWeightOf, filtersReadBack, wrong),
      ],
    ),
    ...places(wrongDOut),
    ...places(wrongImages, "x is read "),
    ...places(wrongPixels),
    ...places(wrongBorders),
    ...places(hasGroups ? wrongGroups : []),
    ...places(wrongSums),
    [
      "weight is multiplied in: the rate of out is cols, not weight · cols",
      tags.weight,
      (convolution) =>
        dWeightOf(convolution, rightPlaces(convolution)).map(
          (d, at) => d * convolution.weight[at]!,
        ),
    ],
    ["the columns are read one place off", tags.weight, withShiftedColumns],
    [
      "the factor cols is missing: dWeight holds sums of dOut alone",
      tags.weight,
      withoutFactor("x", "padding too"),
    ],
    [
      "the factor cols is missing: sums of dOut alone, of windows on the image",
      tags.weight,
      withoutFactor("x", "pixels only"),
    ],
  ];
}

function imageRows({ tags, sizes: own, hasGroups }: Convolving): readonly Row[] {
  const columns = rowsOf(dXOf, tags.columns);
  const image = rowsOf(dXOf, tags.image);
  const overwritten = "overlap is overwritten, = for +=: only the last window of a pixel counts";
  return [
    [
      "the filters are turned by half a turn; adding each product to its own pixel needs no turn",
      tags.columns,
      inPlaces(dXOf, filtersTurned),
    ],
    ...columns.places([...wrongFilters, ...wrongOrders], "the filters are read "),
    ...columns.places(hasGroups ? wrongOrdersOfGroups : [], "the filters are read "),
    ...columns.places(wrongWeights),
    ...columns.places(wrongDOut),
    ...image.sizes(own),
    ...rowsOf(dXOf, tags.padding).sizes(wrongPaddings),
    ...columns.sizes(wrongFullConvolutions),
    ...image.places(wrongImages, "dX is laid out "),
    ...wrongImages.map(
      ([says, wrong]): Row => [
        `dX is laid out ${says}`,
        tags.image,
        readBack(dXOf, imagesReadBack, wrong),
      ],
    ),
    ...image.places(wrongBorders),
    ...image.places(hasGroups ? wrongGroups : []),
    [overwritten, tags.image, overwrittenOverlaps("window by window", "all filters")],
    [overwritten, tags.image, overwrittenOverlaps("entry by entry", "all filters")],
    [
      "every product overwrites the one before, = for +=: over windows and filters",
      tags.image,
      overwrittenOverlaps("window by window", "last filter"),
    ],
    [
      "every product overwrites the one before, = for +=: over windows and filters",
      tags.image,
      overwrittenOverlaps("entry by entry", "last filter"),
    ],
    [
      "x is multiplied in: the rate of out is weight, not weight · x",
      tags.columns,
      (convolution) =>
        dXOf(convolution, rightPlaces(convolution)).map((d, at) => d * convolution.x[at]!),
    ],
    ["overlaps are averaged instead of added up", tags.image, averagedOverlaps],
    [
      "the factor weight is missing: dX holds sums of dOut alone",
      tags.columns,
      withoutFactor("weight", "pixels only"),
    ],
  ];
}

/** What can be wrong in the gradients of a layer that convolves. */
export function convolutionMistakes(layer: Convolving): readonly Mistaken[] {
  const { of, tags, upstream } = layer;
  const all = {
    x: imageRows(layer),
    weight: weightRows(layer),
    bias: biasRows(tags),
  };
  return Object.entries(all).flatMap(([argument, rows]) =>
    rows.map(([says, tag, gradient]) => ({
      argument,
      says: says.replaceAll("dOut", upstream),
      tag,
      gradient: (point) => gradient(of(point)),
    })),
  );
}

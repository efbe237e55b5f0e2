/**
 * Drawing, once for all: from numbers to SVG and to pages that need nothing else, neither a network
 * nor a script. Figures have no ids and no links, so any number of them may be put into one page.
 */
export type { Axis } from "./axis.js";
export type { FigureOptions } from "./frame.js";
export {
  type AxisRule,
  lineChart,
  type LineChartOptions,
  type Point,
  type Series,
} from "./line-chart.js";
export { intervalChart, type IntervalChartOptions, type IntervalRow } from "./interval-chart.js";
export {
  type Bar,
  barChart,
  type BarChartOptions,
  histogram,
  type HistogramOptions,
} from "./bar-chart.js";
export { matrixChart, type MatrixAxis, type MatrixChartOptions } from "./matrix-chart.js";
export { type Picture, pictures, type PicturesOptions } from "./pictures.js";
export {
  type Anchor,
  diagram,
  type DiagramOptions,
  label,
  type LabelOptions,
  type Place,
} from "./diagram.js";
export { arrow, type ArrowOptions } from "./arrow.js";
export { cellCentre, cells, cellsExtent, type CellsOptions, type Window } from "./cells.js";
export { pixels, type PixelsOptions } from "./pixels.js";
export { onSlab, slab, type SlabOptions } from "./slab.js";
export {
  BACKWARD,
  FORWARD,
  graph,
  type GraphEdge,
  type GraphNode,
  type GraphOptions,
} from "./graph.js";
export { contours, type ContoursOptions, onSurface, type SurfacePath } from "./contours.js";
export { onPlot, plot, type PlotCurve, type PlotDot, type PlotOptions } from "./plot.js";
export { formatNumber, formatPercent, powerOfTen } from "./numbers.js";
export { dark, light, type Scheme, signs } from "./palette.js";
export { type Attributes, element, escape } from "./svg.js";
export { textWidth } from "./text.js";
export {
  contents,
  facts,
  figure,
  htmlPage,
  type PageOptions,
  section,
  type Section,
  table,
  type TableOptions,
} from "./page.js";

/** What a reader types into the search, and what has to come first. */
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { project } from "../../site/build/code/index.mjs";
import { sourcePage } from "../../site/build/code/pages.mjs";
import { chapterPage, textPage } from "../../site/build/pages.mjs";
import { entriesOf, searchIndex } from "../../site/build/search.mjs";
import { type FoundEntry, type SearchClient, searchClient } from "../../site/build/search-pack.mjs";
import { Site } from "../../site/build/site.mjs";

const test = suite("site: search");

/** What is typed, what has to be found, and among how many first results. */
const SEARCHES: readonly (readonly [typed: string, url: RegExp, first: number])[] = [
  ["conv2d.7", /^chapters\/conv2d-gradients\.html#conv2d\.7$/, 1],
  ["(Affine.3)", /^chapters\/affine\.html#affine\.3$/, 1],
  ["dcols", /conv2d-gradients\.html#conv2d\.8$/, 2],
  ["dWieght", /mistakes\.html#weight-of-one-image$/, 3],
  ["col2im", /^src\/im2col\/im2col\.ts\.html#L\d+$/, 2],
  ["col2im", /conv2d-gradients\.html#col2im-the-adjoint-of-im2col$/, 3],
  ["why is the filter turned round?", /conv2d\.html#the-half-turn$/, 3],
  ["why is the kernel flipped", /^chapters\/conv2d-second-road\.html/, 1],
  ["softmax gradient", /^chapters\/softmax-cross-entropy\.html/, 1],
  ["adam", /optimizers\.html#adam$/, 1],
  ["stride padding output size", /conv2d\.html#padding-stride-dilation$/, 1],
  ["batchnorm", /^chapters\/normalisation\.html$/, 3],
  ["batch norm", /^chapters\/normalisation\.html/, 3],
  ["he initialization", /initialisation\.html#forward-through-rectifiers-he$/, 1],
  ["mistake sign", /^chapters\/mistakes\.html#decay-that-grows$/, 1],
  ["dropout at test time", /mistakes\.html#evaluation-in-training-mode$/, 2],
  ["backpropogation", /^chapters\/backpropagation\.html/, 1],
  ["lerning rate", /^chapters\/schedules\.html/, 2],
  ["max poling", /^chapters\/pooling\.html/, 1],
  ["conv2dBackwrad", /^src\/backprop\/conv2d\.ts\.html#L\d+$/, 1],
  ["grdient chekc", /^chapters\/gradient-check\.html/, 2],
  ["transposed convolution", /^chapters\/conv2d-second-road\.html/, 1],
  ["im2cl", /^chapters\/conv2d-im2col\.html/, 1],
  ["img2col", /^chapters\/conv2d-im2col\.html/, 1],
  ["im2col", /^chapters\/conv2d-im2col\.html$/, 1],
  ["conv2", /^chapters\/conv2d\.html$/, 1],
  ["conv2d", /^chapters\/conv2d\.html$/, 1],
  ["maxpol2dForward", /^src\/backprop\/max-pool2d\.ts\.html#L\d+$/, 1],
  ["how do I train", /^docs\/readme\.html#train-a-network$/, 1],
  ["install", /^docs\/readme\.html/, 1],
  ["getting started", /^docs\/readme\.html$/, 1],
  ["overfitting", /^chapters\/dropout\.html$/, 1],
  ["why flip the filter", /^chapters\/conv2d-second-road\.html$/, 1],
  ["why flip the filter", /conv2d\.html#the-half-turn$/, 3],
  ["flipping filters", /^chapters\/conv2d-second-road\.html$/, 1],
  ["learning rate too high", /^chapters\/schedules\.html$/, 1],
  ["learning rate too high", /^chapters\/optimizers\.html$/, 2],
  ["nan loss", /^chapters\/softmax-cross-entropy\.html/, 1],
  ["nan loss", /mistakes\.html#softmax-overflows$/, 3],
  ["maxpool", /^chapters\/pooling\.html$/, 1],
  ["stride 2", /conv2d\.html#padding-stride-dilation$/, 1],
];

/** Source pages that compete with the chapters; this many are enough. */
const SOURCES = ["backprop/conv2d", "backprop/batch-norm", "backprop/max-pool2d", "im2col/im2col"]
  .concat(["training/optimizers/adam", "network/initialisers", "gradcheck/gradient-check"])
  .map((name) => `src/${name}.ts`);

let client: SearchClient;
let pages: ReadonlyMap<string, string>;
let json: string;
let index: object;

const find = (typed: string): FoundEntry[] => client.find(index, typed);

test.before(async () => {
  const site = new Site();
  site.write = () => {};
  site.recorded = () => "run";
  site.code = { codeHtml: () => "", linesHtml: () => "" };
  site.readTexts();
  for (const chapter of site.chapters) site.page(chapter.path, chapterPage(site, chapter));
  site.page("docs/readme.html", textPage(site, "README.md", "docs"));
  for (const file of SOURCES) site.page(`${file}.html`, sourcePage(project, site, file));
  pages = site.pages;
  json = await searchIndex(pages);
  client = await searchClient();
  index = await client.unpack(JSON.parse(json));
});

for (const [typed, url, first] of SEARCHES)
  test(`"${typed}" finds ${url.source}`, () => {
    const urls = find(typed).map((entry) => entry.url);
    assert.ok(
      urls.slice(0, first).some((one) => url.test(one)),
      `got ${urls.slice(0, 5).join(" ")}`,
    );
  });

test("every word of every text still leads to it when the index has been unpacked", () => {
  const { tokens, term } = client;
  const entries = [...pages].flatMap(([path, html]) => entriesOf(path, html));
  const texts = entries.filter(({ text }) => text !== "");
  assert.ok(texts.length > 300);
  for (let i = 0; i < texts.length; i += 29) {
    const { url, text } = texts[i]!;
    for (const word of tokens(text)
      .filter((one) => term(one) !== null)
      .slice(0, 40))
      assert.ok(
        find(word).some((entry) => entry.url === url),
        `${word} of ${url}`,
      );
  }
});

test("each kind of thing has its title, its page and what is shown of it", () => {
  const [equation] = find("conv2d.7");
  assert.equal([equation!.title, equation!.kind, equation!.says], ["(conv2d.7)", "equation", ""]);
  assert.match(equation!.of, /gradients of a convolution/i);
  const [part] = find("stride padding output size");
  assert.equal([part!.title, part!.kind], ["Padding, stride, dilation", "part"]);
  assert.match(part!.says, /^[A-Z].{40,98}(?:…|\.)$/u);
  const [mistake] = find("mistake sign");
  assert.equal(
    [mistake!.title, mistake!.kind],
    ["Weight decay with the wrong sign: g − λ·w.", "mistake"],
  );
  const [line] = find("conv2dBackward");
  assert.equal([line!.title, line!.kind, line!.of], ["conv2dBackward", "function", ""]);
});

test("numbers, words that every part has and what a page says of its marks find nothing", () => {
  for (const typed of ["", "the", "why is it", "0.125"]) assert.equal(find(typed), [], typed);
  assert.ok(find("agree").length < 40);
});

test("a tag is meant as it was typed, and one that no equation has is no slip of another", () => {
  const equations = (typed: string): string[] =>
    find(typed).flatMap(({ kind, title }) => (kind === "equation" ? [title] : []));
  assert.is(equations("conv2d.7")[0], "(conv2d.7)");
  const like = (typed: string): string[] => find(typed).map(({ url }) => url);
  assert.equal(new Set(like("conv2d.99")), new Set(like("conv2d.98")));
});

test("the chapters' index is sent in at most 80 kB", () => {
  const bytes = gzipSync(json, { level: 6 }).length;
  assert.ok(bytes <= 80_000, `${bytes} bytes`);
});

test.run();

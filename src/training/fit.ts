/** The training loop, as a stream of events that somebody else displays. */
import { checkBatch, ImageDataset } from "../data/index.js";
import type { Sequential } from "../network/index.js";
import { InputError, inside, reject } from "../tensor/index.js";
import { trainEpoch } from "./fit-epoch.js";
import type { FitEvent } from "./fit-events.js";
import { type FitOptions, prepareRun, type Run, takeOver, type Words } from "./fit-options.js";
import { type Measured, measureWith } from "./measure.js";
import { readState } from "./read-state.js";

/**
 * Trains a network, epoch by epoch, and tells of every step:
 *
 *     for await (const event of fit(network, { … })) if (event.type === "epoch") …
 *
 * Options are checked at once, training begins when the events are read. The reader may stop at any
 * of them; timers and other events have their turn between steps.
 *
 * @throws InputError when an option is wrong or the network was not initialised; when the loss is
 *   no longer finite, naming epoch, step and the first layer to blame; when a gradient to clip is
 *   not; when the validation's loss is not, naming the epoch, whose event then does not come; and
 *   what `stop` was aborted with
 */
export function fit(network: Sequential, options: FitOptions): AsyncGenerator<FitEvent> {
  return fitInWords(network, options, { where: "fit", validation: "validation loss" });
}

/** The same, for a caller that speaks of itself in errors. */
export function fitInWords(
  network: Sequential,
  options: FitOptions,
  words: Words,
): AsyncGenerator<FitEvent> {
  return events(prepareRun(network, options, words)); // at once, whether or not somebody listens
}

/** Networks that are being trained: two trainings would add to the same gradients. */
const inTraining = new WeakSet<Sequential>();

async function* events(run: Run): AsyncGenerator<FitEvent> {
  const { network, words } = run;
  if (inTraining.has(network))
    reject(words.where, "a network that is not being trained", "one of another loop that runs");
  inTraining.add(network);
  takeOver(run);
  let goOn: (() => void) | null = null;
  try {
    await checkValidation(run);
    for (let epoch = run.firstEpoch; epoch < run.epochs; epoch++) {
      goOn?.();
      const from = epoch === run.firstEpoch ? run.progress : null;
      if (run.freshOptimizer && from === null) run.optimizer.reset();
      const trained = yield* trainEpoch(run, epoch, from);
      goOn = run.average?.show() ?? null;
      if (run.validation !== null) yield { type: "validating", epoch };
      const validation = await validate(run, epoch);
      const verdict = judge(run, validation ?? trained);
      const { optimizer } = run;
      yield { type: "epoch", epoch, ...trained, validation, ...verdict, optimizer };
      if (verdict.stops) break;
    }
  } finally {
    // also when the reader breaks off, or the loss is lost
    if (run.patience !== null) {
      await readState(run.backend, network);
      run.patience.restore();
    }
    inTraining.delete(network);
  }
}

/**
 * What would be refused after an epoch, be it a long one, is refused before it. Of images alone:
 * other data sets may draw at random, and training is not to depend on how often they are asked.
 */
async function checkValidation({ network, validation, words, stop }: Run): Promise<void> {
  stop?.throwIfAborted();
  if (!(validation instanceof ImageDataset)) return;
  const batch = await validation.batch([0]);
  checkBatch(words.where, batch, 1);
  inside(`${words.where}: validation`, () => network.checkTakes(batch.x));
}

async function validate(run: Run, epoch: number): Promise<Measured | null> {
  const { network, backend, validation, loss, metrics, meanOver, words } = run;
  if (validation === null) return null;
  const { validationBatchSize: batchSize, stop } = run;
  const onBatch = (): void => stop?.throwIfAborted();
  const options = { backend, data: validation, loss, metrics, meanOver, batchSize, onBatch };
  return measureWith(network, options, words.where, ({ loss, blame }) => {
    throw new InputError(
      `${words.where}: expected a finite ${words.validation}, got ${loss} after epoch ${epoch}; ` +
        `${blame}; its last step spoiled the weights; lower the learning rate`,
    );
  });
}

function judge(
  { patience }: Run,
  { loss, metrics }: Measured,
): { readonly isBest: boolean | null; readonly stops: boolean } {
  if (patience === null) return { isBest: null, stops: false };
  return patience.judge(patience.on === "loss" ? loss : metrics[patience.on]!);
}

/** The front door: a backend, a seed, and networks from descriptions that train on it. */
import type { Loss } from "../backprop/index.js";
import type { Examples } from "../data/index.js";
import { type Backend, type BackendName, openBackend } from "../kernels/index.js";
import {
  buildNetwork,
  checkIsNetwork,
  describers,
  type Initialiser,
  type LayerDescription,
  type LayerDescriptions,
  type LayerKind,
  loadNetwork,
  type NetworkDescription,
  type Sequential,
} from "../network/index.js";
import {
  anything,
  awaitHint,
  checkDepth,
  checkOptions,
  describedBy,
  type DType,
  Random,
  reject,
  type Rules,
  Tensor,
  whatIs,
} from "../tensor/index.js";
import { fit } from "./fit.js";
import type { FitEvent } from "./fit-events.js";
import type { FitOptions } from "./fit-options.js";

/** Options of {@link open}, all optional. */
export interface OpenOptions {
  /** What computes; "wasm" if left out. */
  readonly backend?: BackendName;
  /** For `gpu`, what gpu.js runs on; see `openBackend`. */
  readonly mode?: string;
  /** For `wasm`, from 1 to 64; as many as the machine runs at once, at most 4, if left out. */
  readonly threads?: number;
  /** See {@link Backend.check}; false if left out. */
  readonly check?: boolean;
  /** What initial values, the order of examples, and layers that draw depend on; 0 if left out. */
  readonly seed?: number | string;
  /** Describers of layers of one's own. */
  readonly layers?: readonly {
    /** Attached by `describer`. */
    readonly layerKind: LayerKind<Record<string, unknown>>;
  }[];
}

const rules: Rules<OpenOptions> = {
  backend: anything("a backend"),
  mode: anything("a mode"),
  threads: anything("a number"),
  check: anything("true or false"),
  seed: {
    expected: "a whole number or a text",
    accepts: (value) => typeof value === "string" || Number.isSafeInteger(value),
  },
  layers: describers,
};

/** What `network` may be told besides the layers. */
export interface NetworkOptions {
  /** The shape of one example, without N; needed where a layer's extents are to be inferred. */
  readonly input?: readonly number[];
  /** How weights are drawn; as PyTorch does if left out. */
  readonly initialiser?: Initialiser;
  /** Their element type; "float32" if left out, which is the fast one. */
  readonly dtype?: DType;
}

const networkRules: Rules<NetworkOptions> = {
  input: anything("a shape"),
  initialiser: {
    expected: "a function, such as he",
    accepts: (value) => typeof value === "function",
  },
  dtype: anything("an element type"),
};

/**
 * Opens an engine. Call its `dispose` when you are done with it.
 *
 * @throws InputError when an option is unknown or wrong, or the backend does not run here
 */
export async function open(options: OpenOptions = {}): Promise<Engine> {
  const checked = checkOptions("open", options, rules);
  const { backend: name = "wasm", seed = 0, layers = [], ...rest } = checked;
  return new Engine(await openBackend({ name, ...rest }), seed, layers);
}

/** Is it a whole description, and not layers by name? A layer may be called `layers`. */
function isWhole(given: LayerDescriptions | NetworkDescription): given is NetworkDescription {
  const { layers } = (given ?? {}) as { layers?: LayerDescription };
  return typeof layers === "object" && layers !== null && typeof layers.kind !== "string";
}

/** A backend with a seed; see {@link open}. */
export class Engine {
  /** What everything runs on. Opened by `open`, given back by `dispose`. */
  readonly backend: Backend;
  /** What initial values, the order of examples and layers that draw depend on. */
  readonly seed: number | string;
  readonly #kinds: NonNullable<OpenOptions["layers"]>;
  /** What was asked for before: steps that overlap would end each other's memory. */
  #before: Promise<unknown> = Promise.resolve();
  /** How many functions of the caller's run inside of a step: what they ask for cannot wait. */
  #inside = 0;
  #isDisposed = false;

  /**
   * Use {@link open} instead.
   *
   * @param backend is disposed of by the engine's `dispose`
   * @param kinds describers of layers of one's own; `[]` for none
   */
  constructor(backend: Backend, seed: number | string, kinds: NonNullable<OpenOptions["layers"]>) {
    this.backend = backend;
    this.seed = seed;
    this.#kinds = kinds;
  }

  /**
   * A network with memory on the backend, initialised from the engine's seed. The same description
   * gets the same weights, whatever else was made before.
   *
   * @param layers by name, in the order in which they run; or a whole description, such as another
   *   network's `description`, which the options override
   * @throws InputError naming the layer and the option that is wrong
   */
  network(
    layers: LayerDescriptions | NetworkDescription,
    options: NetworkOptions = {},
  ): Sequential {
    this.#checkInUse("network");
    if (options && Object.hasOwn(options, "layers"))
      reject("network", "describers of layers in open({ layers: [ … ] })", "them as an option");
    const { input, initialiser, dtype } = checkOptions("network", options, networkRules);
    const description = isWhole(layers) ? layers : { layers };
    return buildNetwork(
      { ...description, ...(input && { input }), ...(dtype && { dtype }) },
      {
        random: new Random(this.seed).split("weights"),
        kinds: this.#kinds,
        storage: { allocator: this.backend.persistent },
        ...(initialiser && { initialiser }),
      },
    );
  }

  /**
   * A network as `saveNetwork` wrote it, with its weights, in memory of the backend.
   *
   * @param bytes of the file
   * @param where its name, for messages
   * @throws InputError when they hold no such network
   */
  loadNetwork(bytes: Uint8Array, where?: string): Sequential {
    this.#checkInUse("loadNetwork");
    const storage = { allocator: this.backend.persistent };
    return loadNetwork(bytes, where, { storage, kinds: this.#kinds });
  }

  /**
   * Runs one step of a computation, which owns its memory: see {@link Backend.step}. It waits for
   * predictions and steps of trainings that were asked for before. What the engine is asked for
   * while `run` waits for something else, such as a timer, counts as part of this step, and its
   * results end with it: nobody can tell who asked.
   *
   * @returns what `run` returned
   * @throws what `run` threw
   */
  step<T>(run: () => T | Promise<T>): Promise<T> {
    this.#checkInUse("step");
    if (typeof run !== "function") reject("step", "a function", whatIs(run), awaitHint(run));
    return this.#alone(() => this.backend.step(() => this.#within(run)));
  }

  /**
   * What a network answers to a batch, in evaluation, without keeping anything for a backward pass.
   * Several may be asked for at once, and while a network is trained: they are answered one after
   * the other, between its steps.
   *
   * @param x [N, …]
   * @returns the last layer's output, usually logits [N, classes]
   * @throws InputError when the network does not take x
   */
  predict(network: Sequential, x: Tensor): Promise<Tensor> {
    this.#checkInUse("predict");
    if (typeof network?.forward !== "function") checkIsNetwork("predict", network);
    if (!(x instanceof Tensor))
      reject("predict", "a tensor x of shape [N, …]", whatIs(x), tensorHint(x));
    const pass = { backend: this.backend, mode: "evaluate", record: false } as const;
    return this.#alone(() => this.backend.step(async () => (await network.forward(x, pass)).out));
  }

  /**
   * Trains a network: see {@link fit}. The order of the examples and what layers draw come from the
   * engine's seed, unless another is given.
   *
   * @throws InputError as {@link fit}, and when a backend is given
   */
  fit(network: Sequential, options: Omit<FitOptions, "backend">): AsyncGenerator<FitEvent> {
    this.#checkInUse("fit");
    if (options !== null && typeof options === "object" && "backend" in options)
      reject("fit", "no backend, since the engine has one", "backend", "open another engine");
    const isSeeded = options?.seed !== undefined || options?.random !== undefined;
    const seed = isSeeded ? {} : { seed: this.seed };
    const own = this.#marked(options);
    return this.#inTurn(fit(network, { ...seed, ...own, backend: this.backend }));
  }

  /** One after the other; what is asked for inside of a step belongs to it, and runs at once. */
  #alone<T>(run: () => Promise<T>): Promise<T> {
    if (this.#inside > 0) return run();
    const done = this.#before.then(run, run);
    this.#before = done.catch(() => {});
    return done;
  }

  /** Runs a function of the caller's. */
  async #within<T>(run: () => T | Promise<T>): Promise<T> {
    this.#inside++;
    try {
      return await run();
    } finally {
      this.#inside--;
    }
  }

  /** The same training, each of its steps in turn with what else the engine does. */
  async *#inTurn(run: AsyncGenerator<FitEvent>): AsyncGenerator<FitEvent> {
    try {
      for (;;) {
        this.#checkInUse("fit");
        const next = await this.#alone(() => run.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await run.return(undefined);
    }
  }

  /** The same options, whose functions are known to run inside of a step. */
  #marked(options: Omit<FitOptions, "backend">): Omit<FitOptions, "backend"> {
    const { loss, data, validation } = options ?? {};
    const examples = <D>(given: D): D => {
      const { count, batch } = (given ?? {}) as Partial<Examples>;
      if (typeof batch !== "function") return given;
      const marked: Examples = {
        count: count!,
        batch: (...rest) => this.#within(() => batch.apply(given, rest)),
      };
      return marked as D;
    };
    checkDepth("loss", loss); // one that holds itself is refused before it is walked through
    const own = <L>(part: L): L => {
      if (Array.isArray(part)) return part.map(own) as L;
      if (typeof part === "function" && describedBy(part) === null)
        return marked(part as never) as L;
      if (typeof part !== "object" || part === null) return part;
      if (Object.getPrototypeOf(part) !== Object.prototype) return part;
      return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, own(one)])) as L;
    };
    const marked =
      (one: Loss): Loss =>
      async (...given) => {
        const result = await this.#within(() => one(...given));
        const { backward } = result ?? {};
        if (typeof backward !== "function") return result;
        return { ...result, backward: (dOut) => this.#within(() => backward(dOut)) };
      };
    const datas = { data: examples(data), validation: examples(validation) };
    return { ...options, ...datas, ...(loss && { loss: own(loss) }) };
  }

  /** Gives back what the backend holds. The engine cannot be used afterwards. */
  dispose(): Promise<void> {
    this.#isDisposed = true;
    return this.backend.dispose();
  }

  /** @throws InputError when it was disposed of */
  #checkInUse(where: string): void {
    if (this.#isDisposed)
      reject(where, "an engine in use", "one that was disposed of", "open another");
  }
}

/** How something that holds examples becomes the tensor of their x. */
function tensorHint(given: unknown): string | undefined {
  const { batch, x } = (given ?? {}) as { batch?: unknown; x?: unknown };
  if (typeof batch === "function")
    return "data.batch([0, 1]).x has the first two examples; evaluate() goes through them all";
  if (x instanceof Tensor) return "give it the batch's x";
  if (Array.isArray(given)) return "tensor([[…]]) makes one of nested arrays";
  return awaitHint(given);
}

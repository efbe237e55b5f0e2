import { MachineError } from "../../tensor/index.js";
import type { GpuMode } from "./modes.js";

/**
 * What gpu.js calls a kernel's context: WebGPU's device, or WebGL's context; nothing in the modes
 * without a device.
 */
export type DeviceContext =
  | { readonly device: GPUDevice }
  | WebGLRenderingContext
  | null
  | undefined;

/** So long may a device that has failed take to say that it is lost. */
const SECONDS_TO_ADMIT = 0.5;

/**
 * Keeps an eye on the device that kernels run on. A driver that crashes or is updated, a laptop
 * that changes its graphics card or a page that the browser finds greedy loses its device: WebGPU
 * then turns every later command into a silent no-op, WebGL returns zeros, and a result that was on
 * its way may never come. Here each of these becomes an error.
 */
export class DeviceWatch {
  readonly #mode: GpuMode;
  #device: GPUDevice | null = null;
  #gl: WebGLRenderingContext | null = null;
  #loss: MachineError | null = null;
  /** What a device has refused to do. WebGPU tells so beside its results, which are zeros then. */
  #complaint: string | null = null;
  /**
   * Tells whoever waits, if anybody does. (To race a promise that lives as long as the backend
   * would keep every result alive.)
   */
  #tell: (loss: MachineError) => void = () => {};

  constructor(mode: GpuMode) {
    this.#mode = mode;
  }

  /** @throws MachineError when the device is known to be lost */
  check(): void {
    if (this.#gl?.isContextLost() === true) this.#lose("the page has no WebGL context any more");
    if (this.#loss !== null) throw this.#loss;
  }

  /**
   * Waits for what a device computes, one result at a time.
   *
   * @param contextNow tells the context, which is there once gpu.js has compiled its first kernel
   * @throws MachineError when the device is lost meanwhile, or has not answered after `seconds`
   * @throws Error when the device refuses to compute, or `result` fails
   */
  async answer<T>(
    result: Promise<T>,
    contextNow: () => DeviceContext,
    seconds: number,
  ): Promise<T> {
    const timer = setTimeout(() => this.#lose(`no answer within ${seconds} s`), seconds * 1000);
    try {
      const answer = await new Promise<T>((resolve, refuse) => {
        this.#tell = refuse;
        result.then(resolve, refuse);
      });
      this.#listenTo(contextNow());
      this.check();
      if (this.#complaint !== null)
        throw new Error(
          `gpuBackend: expected a product that mode ${this.#mode} can compute, got a ` +
            `complaint: ${this.#complaint}`,
        );
      return answer;
    } catch (error) {
      this.#listenTo(contextNow());
      this.check();
      if (this.#device !== null) await this.#untilLost(SECONDS_TO_ADMIT);
      this.check();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#tell = () => {};
      this.#complaint = null;
    }
  }

  /**
   * Ends the watch, and gives back a WebGL context, of which a page has 16: gpu.js forgets it when
   * no kernel is left.
   */
  stop(): void {
    this.#gl?.getExtension("WEBGL_lose_context")?.loseContext();
    this.#device?.removeEventListener("uncapturederror", this.#hear);
  }

  #listenTo(context: DeviceContext): void {
    if (!context || this.#device !== null || this.#gl !== null) return;
    if (!("device" in context)) this.#gl = context;
    else {
      this.#device = context.device;
      this.#device.lost.then(({ reason, message }) => this.#lose(`${reason}: ${message}`));
      this.#device.addEventListener("uncapturederror", this.#hear);
    }
  }

  readonly #hear = (event: GPUUncapturedErrorEvent): void => {
    event.preventDefault(); // or it is printed
    this.#complaint ??= event.error.message;
  };

  #lose(why: string): void {
    this.#loss ??= new MachineError(
      `gpu: expected results from mode ${this.#mode}, got none: the device was lost (${why}); ` +
        `open the backend again, or another one`,
    );
    this.#tell(this.#loss);
  }

  #untilLost(atMostSeconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#tell = () => resolve();
      setTimeout(resolve, atMostSeconds * 1000);
    });
  }
}

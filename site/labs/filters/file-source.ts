/** A picture of the reader's own: chosen, dropped, or pasted. It never leaves the page. */
import { announce } from "../../client/dom.js";
import type { Lab } from "../frame/lab.js";
import type { FiltersNumbers } from "./compute.js";
import { loadPicture } from "./load-picture.js";
import type { FiltersState } from "./state.js";

type FiltersLab = Lab<FiltersState, FiltersNumbers>;

let stamps = 0;

export class FileSource {
  #has = false;

  /** Whether there is one. */
  get has(): boolean {
    return this.#has;
  }

  /** Pictures that are pasted anywhere on the laboratory's own page. */
  listen(lab: FiltersLab): void {
    if (lab.isEmbedded) return;
    document.addEventListener("paste", (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (file !== undefined) void this.take(lab, file);
    });
  }

  drop(lab: FiltersLab, event: DragEvent): void {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file === undefined) lab.complain("That is no file: expected a picture.");
    else void this.take(lab, file);
  }

  async take(lab: FiltersLab, file: Blob): Promise<void> {
    try {
      const picture = await loadPicture(file);
      this.#has = true;
      lab.give("picture", { ...picture, stamp: stamps++ });
      lab.set({ picture: "file" });
      announce(`Your picture is here, ${picture.width} by ${picture.height} pixels.`);
    } catch (error) {
      lab.complain((error as Error).message);
    }
  }
}

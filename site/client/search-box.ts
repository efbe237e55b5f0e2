/** Opens the search, which is loaded when it is first asked for. */
import { announce, root } from "./dom.js";

/** What search.js leaves for us; scripts of that kind run from a folder as well, unlike modules. */
interface Search {
  open(): void;
}

let loading: Promise<Search> | null = null;

function load(): Promise<Search> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root()}assets/search.js`;
    script.addEventListener("load", () => {
      resolve((globalThis as unknown as { leibnizSearch: Search }).leibnizSearch);
    });
    script.addEventListener("error", () => reject(new Error("search.js")));
    document.head.append(script);
  });
}

export function openSearch(): void {
  loading ??= load();
  loading.then(
    (search) => search.open(),
    () => {
      loading = null;
      announce("The search could not be loaded.");
    },
  );
}

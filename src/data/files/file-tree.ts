/** Where files are read from: a disk, or memory. */

export type FileKind = "file" | "folder" | "other";

/** One entry of a folder. */
export interface FileEntry {
  /** Without the folder's path. */
  readonly name: string;
  /** For a link, the kind of what it leads to. */
  readonly kind: FileKind;
}

/** Folders and files by their paths, whose parts are parted by `/`. */
export interface FileTree {
  /**
   * What a path leads to, links followed; null where there is nothing.
   *
   * @throws InputError when that cannot be told, with the reason
   */
  look(path: string): Promise<FileKind | null>;
  /**
   * What a folder holds, sorted by name, without hidden files.
   *
   * @throws InputError when it is no folder, or cannot be read
   */
  list(folder: string): Promise<readonly FileEntry[]>;
  /**
   * All bytes of a file.
   *
   * @throws InputError when it is no file, cannot be read, or is larger than 1 GiB
   */
  read(path: string): Promise<Uint8Array>;
}

/** The path of a file in a folder. */
export function inFolder(folder: string, name: string): string {
  return `${folder.replace(/\/+$/, "") || (folder === "" ? "." : "")}/${name}`;
}

/** A folder's path and a name in it: what `inFolder` makes a path of. */
export function parted(path: string): { readonly folder: string; readonly name: string } {
  const trimmed = path.replace(/\/+$/, "");
  const cut = trimmed.lastIndexOf("/");
  if (cut < 0) return { folder: ".", name: trimmed };
  return { folder: trimmed.slice(0, cut) || "/", name: trimmed.slice(cut + 1) };
}

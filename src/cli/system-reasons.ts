/** Why the system refused something. */

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: "something else has that name",
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of the path is a file, not a folder",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than this system allows",
  EPIPE: "whoever read it has stopped",
  EIO: "the disk failed",
};

/** The system's reason in words. */
export function reasonOf({ code }: NodeJS.ErrnoException): string {
  return REASONS[code ?? ""] ?? code ?? "unknown";
}

/** A picture as its file holds it. */
export interface Picture {
  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** height·width·channels bytes, those of a pixel together; alpha is 0 where transparent. */
  readonly pixels: Uint8Array;
}

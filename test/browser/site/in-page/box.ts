/** Boxes on the screen, and what of an element's content is in sight. It runs in the page. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What of an element's content is shown, and what of it some scrolling brings into sight. */
export interface Frame {
  readonly shown: Box;
  readonly reachable: Box;
}

const FAR = 1e6;
const OPEN: Box = { left: -FAR, top: -FAR, right: FAR, bottom: FAR };

/** The part that two boxes share, turned inside out where they share none. */
export const meet = (a: Box, b: Box): Box => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});

/** Whether two boxes share more than a pixel and a half each way. */
export function overlap(a: Box, b: Box): boolean {
  const { left, top, right, bottom } = meet(a, b);
  return right - left > 1.5 && bottom - top > 1.5;
}

const isHard = (overflow: string): boolean => overflow === "hidden" || overflow === "clip";

/** The frames of a page's elements as they are now; each is worked out once. */
export function framesNow(): (element: Element | null) => Frame {
  const frames = new Map<Element, Frame>();
  const frameOf = (element: Element | null): Frame => {
    // the screen scrolls what leaves these two
    if (element === null || element === document.body || element === document.documentElement)
      return { shown: OPEN, reachable: OPEN };
    const known = frames.get(element);
    if (known !== undefined) return known;
    let { shown, reachable } = frameOf(element.parentElement);
    const { overflowX, overflowY } = getComputedStyle(element);
    if (overflowX !== "visible" || overflowY !== "visible") {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      const across = { ...OPEN, left, right };
      const down = { ...OPEN, top, bottom };
      shown = meet(meet(shown, across), down);
      if (isHard(overflowX)) reachable = meet(reachable, across);
      if (isHard(overflowY)) reachable = meet(reachable, down);
    }
    const frame = { shown, reachable };
    frames.set(element, frame);
    return frame;
  };
  return frameOf;
}

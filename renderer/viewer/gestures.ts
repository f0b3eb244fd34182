/**
 * Pointer, wheel and touch on the picture, turned into pan, zoom and hover. Positions are CSS pixels
 * from the element's top left corner; what they mean for the image is the component's business.
 */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GestureHandlers {
  pan(by: { readonly right: number; readonly down: number }): void;
  /** Multiply the zoom by `factor`, keeping what is under `at`. */
  zoom(at: Point, factor: number): void;
  doubleClick(at: Point): void;
  /** A press of the left button that moved nothing. */
  click(at: Point): void;
  /** null: the pointer left. Touch does not hover. */
  hover(at: Point | null): void;
  dragging(active: boolean): void;
  spaceHeld(held: boolean): void;
  /** null: the wheel zooms; else it steps, and zooms with Ctrl. */
  turn(): ((by: 1 | -1) => void) | null;
  /** null: the right button is the browser's. */
  window(): ((by: { readonly right: number; readonly down: number }) => void) | null;
  /** A drag from one point to another. @returns false: it moves the picture */
  draw(from: Point, to: Point, done: boolean): boolean;
}

/** One notch of a wheel (100 px) is a factor of 1.22; a pinch on a trackpad sends small steps. */
const WHEEL_RATE = 0.002;
const PINCH_RATE = 0.01;
const LINE = 16;
const PAGE = 400;
/** Wheel travel that is a slice, pixels: a notch is one, a trackpad scrolls through them. */
const PER_SLICE = 60;
/** A press that moves less is a click, CSS pixels. */
const SLACK = 3;

/** @returns a function that takes the listeners off again */
export function attachGestures(element: HTMLElement, handlers: GestureHandlers): () => void {
  const listeners = new AbortController();
  const { signal } = listeners;
  const pointers = new Map<number, Point>();
  let moved = false;
  /** Where a drag with the left button began; null: it draws nothing. */
  let began: Point | null = null;
  /** The pointer that sets the window, and where it was last. */
  let windowing: { readonly id: number; at: Point } | null = null;
  let travelled = 0;

  const place = (event: MouseEvent): Point => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const start = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse' && event.button === 2 && handlers.window()) {
      windowing = { id: event.pointerId, at: place(event) };
      element.setPointerCapture(event.pointerId);
      return;
    }
    if (event.pointerType === 'mouse' && event.button !== 0 && event.button !== 1) return;
    // A button on the picture keeps its own click.
    if (event.target instanceof Element && event.target.closest('button')) return;
    if (event.button === 1) event.preventDefault();
    if (pointers.size >= 2) return;
    moved = false;
    began = event.button === 0 && pointers.size === 0 ? place(event) : null;
    pointers.set(event.pointerId, place(event));
    try {
      element.setPointerCapture(event.pointerId);
    } catch {
      // The pointer was lifted before this ran; its pointerup is on the way.
    }
  };

  const move = (event: PointerEvent): void => {
    const at = place(event);
    if (event.pointerType !== 'touch') handlers.hover(at);
    if (windowing?.id === event.pointerId) {
      handlers.window()?.({ right: at.x - windowing.at.x, down: at.y - windowing.at.y });
      windowing.at = at;
      return;
    }
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (!moved && Math.hypot(at.x - before.x, at.y - before.y) < SLACK && pointers.size === 1)
      return;
    if (!moved) handlers.dragging(true);
    moved = true;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, at);
    if (!other && began && handlers.draw(began, at, false)) return;
    if (!other) return handlers.pan({ right: at.x - before.x, down: at.y - before.y });
    const spread = Math.hypot(at.x - other.x, at.y - other.y);
    const spreadBefore = Math.hypot(before.x - other.x, before.y - other.y);
    handlers.pan({ right: (at.x - before.x) / 2, down: (at.y - before.y) / 2 });
    if (spread > 0 && spreadBefore > 0)
      handlers.zoom({ x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 }, spread / spreadBefore);
  };

  const stop = (event: PointerEvent): void => {
    if (windowing?.id === event.pointerId) windowing = null;
    if (moved && began && pointers.size === 1) handlers.draw(began, place(event), true);
    const isClick = !moved && began !== null && pointers.size === 1 && event.type === 'pointerup';
    if (isClick && pointers.has(event.pointerId)) handlers.click(place(event));
    if (!pointers.delete(event.pointerId) || pointers.size > 0) return;
    if (moved) handlers.dragging(false);
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? PAGE : 1;
    // Shift turns a wheel sideways on some systems: the larger of the two is meant.
    const delta = Math.abs(event.deltaY) >= Math.abs(event.deltaX) ? event.deltaY : event.deltaX;
    const turn = event.ctrlKey || event.metaKey ? null : handlers.turn();
    if (turn) {
      travelled += delta * unit;
      for (; Math.abs(travelled) >= PER_SLICE; travelled -= Math.sign(travelled) * PER_SLICE)
        turn(travelled > 0 ? 1 : -1);
      return;
    }
    const rate = event.ctrlKey ? PINCH_RATE : WHEEL_RATE;
    const exponent = Math.min(Math.max(-delta * unit * rate, -0.7), 0.7);
    handlers.zoom(place(event), Math.exp(exponent));
  };

  const space = (event: KeyboardEvent): void => {
    if (event.code !== 'Space') return;
    if (event.type === 'keyup') return handlers.spaceHeld(false);
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('button, input, select, textarea, a, [contenteditable]')) return;
    event.preventDefault();
    handlers.spaceHeld(true);
  };

  element.addEventListener('pointerdown', start, { signal });
  element.addEventListener('pointermove', move, { signal });
  element.addEventListener('pointerup', stop, { signal });
  element.addEventListener('pointercancel', stop, { signal });
  element.addEventListener('pointerleave', () => handlers.hover(null), { signal });
  element.addEventListener('dblclick', (event) => handlers.doubleClick(place(event)), { signal });
  element.addEventListener(
    'contextmenu',
    (event) => {
      if (handlers.window()) event.preventDefault();
    },
    { signal },
  );
  element.addEventListener('wheel', wheel, { signal, passive: false });
  window.addEventListener('keydown', space, { signal });
  window.addEventListener('keyup', space, { signal });
  window.addEventListener('blur', () => handlers.spaceHeld(false), { signal });
  return () => listeners.abort();
}

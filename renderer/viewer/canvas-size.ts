/**
 * The size of an element in whole device pixels. At fractional display scales the rounded product of
 * CSS size and devicePixelRatio may be one pixel off, which blurs every pixel of a 100 % view; the
 * device-pixel box is exact (Resize Observer, section 2.3; not offered by every browser).
 */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly pixelRatio: number;
}

/** The exact size, unless it is off by more than rounding (an emulated display reports CSS pixels). */
const nearest = (exact: number | undefined, css: number): number => {
  const scaled = css * devicePixelRatio;
  return exact !== undefined && Math.abs(exact - scaled) <= 1 ? exact : Math.round(scaled);
};

/** @returns a function that stops observing */
export function observeSize(element: HTMLElement, onsize: (size: CanvasSize) => void): () => void {
  const report = (entry?: ResizeObserverEntry): void => {
    const box = element.getBoundingClientRect();
    const exact = entry?.devicePixelContentBoxSize?.[0];
    onsize({
      width: nearest(exact?.inlineSize, box.width),
      height: nearest(exact?.blockSize, box.height),
      pixelRatio: devicePixelRatio,
    });
  };
  const observer = new ResizeObserver((entries) => report(entries.at(-1)));
  try {
    observer.observe(element, { box: 'device-pixel-content-box' });
  } catch {
    observer.observe(element);
    // Without that box, a window that moves to another display changes its ratio and not its size.
    const watch = new AbortController();
    const rewatch = (): void => {
      matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
        'change',
        () => {
          report();
          rewatch();
        },
        { once: true, signal: watch.signal },
      );
    };
    rewatch();
    return () => {
      watch.abort();
      observer.disconnect();
    };
  }
  return () => observer.disconnect();
}

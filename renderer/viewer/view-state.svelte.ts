/**
 * The view of one viewer as reactive state. It outlives the viewer component and the file on show, so
 * that stepping through the film strip compares the same place. The rules are in view.ts.
 */
import type { Rect } from '../../app/contract/index.ts';
import { visibleRect } from './geometry.ts';
import type { LevelWindow } from './level-window.ts';
import {
  axesOf,
  paneOf,
  placed,
  placementOf,
  unplaced,
  upright,
  type Orientation,
} from './orientation.ts';
import * as rules from './view.ts';
import type { Pane, PanePoint, Seen, View } from './view.ts';

/** Which values of a picture are seen, and which way round. */
export interface SeenThrough {
  /** null: those that the document begins with. */
  readonly window: LevelWindow | null;
  readonly inverted: boolean;
}

export class ViewState {
  #view = $state.raw<View>({ zoom: 1, centreX: 0, centreY: 0, fitted: true });
  /** Of the screen. */
  #pane = $state.raw<Pane>({ width: 0, height: 0, pixelRatio: 1 });
  #orientation = $state.raw<Orientation>(upright);
  #image: Seen = $state.raw({ width: 1, height: 1 });
  #shown = false;
  #window = $state.raw<LevelWindow | null>(null);
  #inverted = $state(false);
  /** What the window was set for. */
  #windowed = '';
  readonly #seen: (() => SeenThrough) | null;

  /** @param seen which values are seen, where another view says it; absent: they are set here */
  constructor(seen: (() => SeenThrough) | null = null) {
    this.#seen = seen;
  }

  /** The values between black and white, where somebody has set them; null: as the document is shown at first. */
  get window(): LevelWindow | null {
    return this.#seen ? this.#seen().window : this.#window;
  }
  /** Shows other values of a picture of one tone; null: those of the beginning. Takes no new tiles. */
  setWindow(window: LevelWindow | null): void {
    this.#window = window;
  }

  /** Light and dark are swapped, in pictures of one tone. */
  get inverted(): boolean {
    return this.#seen ? this.#seen().inverted : this.#inverted;
  }
  invert(): void {
    this.#inverted = !this.#inverted;
  }

  /** @param file as of `show` @returns null: another one is shown */
  seenOf(file: string | null): SeenThrough | null {
    const { window, inverted } = this;
    return file === this.#windowed ? { window, inverted } : null;
  }

  get view(): View {
    return this.#view;
  }
  /** As the upright picture sees it, see `orientation.ts`. */
  get pane(): Pane {
    return paneOf(this.#pane, this.#orientation);
  }
  /** On the screen. */
  get screen(): Pane {
    return this.#pane;
  }
  get orientation(): Orientation {
    return this.#orientation;
  }
  /** Turns and flips what is seen; the picture, and what is written of it, stays as it is. */
  orient(orientation: Orientation): void {
    this.#orientation = orientation;
    this.#clamp();
  }
  get image(): Seen {
    return this.#image;
  }
  /** Device pixels per image pixel; 1 is 100 %. */
  get zoom(): number {
    return this.#view.zoom;
  }
  get fitted(): boolean {
    return this.#view.fitted;
  }
  /** Some of the image lies outside the pane. */
  get pannable(): boolean {
    const { zoom } = this.#view;
    const { width, height } = this.pane;
    return this.#image.width * zoom > width || this.#image.height * zoom > height;
  }
  /** The visible part of the image, whole pixels; null before the viewer has a size. */
  get visible(): Rect | null {
    const { zoom } = this.#view;
    const { pane } = this;
    const origin = rules.imageOrigin(this.#view, pane);
    return visibleRect(this.#image, {
      left: -origin.x / zoom,
      top: -origin.y / zoom,
      right: (pane.width - origin.x) / zoom,
      bottom: (pane.height - origin.y) / zoom,
    });
  }

  /**
   * Another file: fitted stays fitted, otherwise the same zoom on the same place. A window is one of its values: another file
   * begins with its own, another page of the same one keeps it.
   */
  show(image: Seen, file = ''): void {
    if (file !== this.#windowed) {
      this.#window = null;
      this.#inverted = false;
      this.orient(upright);
    }
    this.#windowed = file;
    const { width, height, fills = false } = image;
    const last = this.#image;
    const same = width === last.width && height === last.height && fills === last.fills;
    if (same && this.#shown) return;
    this.#view = this.#shown
      ? rules.carryOver(this.#view, this.#image, image, this.pane)
      : rules.fit(image, this.pane);
    this.#image = { width, height, fills };
    this.#shown = true;
  }

  /** The pane has a new size (window, panels, side by side). */
  resize(pane: Pane): void {
    this.#pane = pane;
    this.#clamp();
  }

  #clamp(): void {
    const { pane } = this;
    if (pane.width > 0 && pane.height > 0)
      this.#view = rules.clampView(this.#view, this.#image, pane);
  }

  /** A point of the screen's pane in that of the upright picture. */
  #within(point: PanePoint): PanePoint {
    return unplaced(placementOf(this.#orientation, this.pane), point);
  }

  fit(): void {
    this.#view = rules.fit(this.#image, this.pane);
  }
  setZoom(zoom: number, at?: PanePoint): void {
    this.#view = rules.zoomTo(this.#view, this.#image, this.pane, zoom, at && this.#within(at));
  }
  zoomAbout(point: PanePoint, factor: number): void {
    this.#view = rules.zoomBy(this.#view, this.#image, this.pane, factor, this.#within(point));
  }
  step(direction: 'in' | 'out', at?: PanePoint): void {
    this.#view = rules.zoomStep(
      this.#view,
      this.#image,
      this.pane,
      direction,
      at && this.#within(at),
    );
  }
  toggleFit(at?: PanePoint): void {
    this.#view = rules.toggleFit(this.#view, this.#image, this.pane, at && this.#within(at));
  }
  /** @param by as it is seen */
  panBy({ right, down }: { readonly right: number; readonly down: number }): void {
    if (!this.pannable) return;
    const { a, b, c, d } = axesOf(this.#orientation);
    const by = { right: a * right + b * down, down: c * right + d * down };
    this.#view = rules.panBy(this.#view, this.#image, this.pane, by);
  }
  /** The image point under a point of the pane; may lie outside the image. */
  imagePointAt(point: PanePoint): { x: number; y: number } {
    return rules.imagePointAt(this.#view, this.pane, this.#within(point));
  }
  /** Where a point of the image is seen in the pane, device pixels. */
  pointOf({ x, y }: { readonly x: number; readonly y: number }): PanePoint {
    const { pane } = this;
    const { zoom } = this.#view;
    const origin = rules.imageOrigin(this.#view, pane);
    const point = { x: origin.x + x * zoom, y: origin.y + y * zoom };
    return placed(placementOf(this.#orientation, pane), point);
  }
}

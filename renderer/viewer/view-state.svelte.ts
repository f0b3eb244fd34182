/**
 * The view of one viewer as reactive state. It outlives the viewer component and the file on show, so
 * that stepping through the film strip compares the same place. The rules are in view.ts.
 */
import type { Rect } from '../../app/contract/index.ts';
import { visibleRect, type Size } from './geometry.ts';
import type { LevelWindow } from './level-window.ts';
import * as rules from './view.ts';
import type { Pane, PanePoint, View } from './view.ts';

export class ViewState {
  #view = $state.raw<View>({ zoom: 1, centreX: 0, centreY: 0, fitted: true });
  #pane = $state.raw<Pane>({ width: 0, height: 0, pixelRatio: 1 });
  #image: Size = $state.raw({ width: 1, height: 1 });
  #shown = false;
  #window = $state.raw<LevelWindow | null>(null);
  #inverted = $state(false);
  /** What the window was set for. */
  #windowed = '';

  /** The values between black and white, where somebody has set them; null: as the document is shown at first. */
  get window(): LevelWindow | null {
    return this.#window;
  }
  /** Shows other values of a picture of one tone; null: those of the beginning. Takes no new tiles. */
  setWindow(window: LevelWindow | null): void {
    this.#window = window;
  }

  /** Light and dark are swapped, in pictures of one tone. */
  get inverted(): boolean {
    return this.#inverted;
  }
  invert(): void {
    this.#inverted = !this.#inverted;
  }

  get view(): View {
    return this.#view;
  }
  get pane(): Pane {
    return this.#pane;
  }
  get image(): Size {
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
    return (
      this.#image.width * zoom > this.#pane.width || this.#image.height * zoom > this.#pane.height
    );
  }
  /** The visible part of the image, whole pixels; null before the viewer has a size. */
  get visible(): Rect | null {
    const { zoom } = this.#view;
    const origin = rules.imageOrigin(this.#view, this.#pane);
    return visibleRect(this.#image, {
      left: -origin.x / zoom,
      top: -origin.y / zoom,
      right: (this.#pane.width - origin.x) / zoom,
      bottom: (this.#pane.height - origin.y) / zoom,
    });
  }

  /**
   * Another file: fitted stays fitted, otherwise the same zoom on the same place. A window is one of its values: another file
   * begins with its own, another page of the same one keeps it.
   */
  show(image: Size, file = ''): void {
    if (file !== this.#windowed) {
      this.#window = null;
      this.#inverted = false;
    }
    this.#windowed = file;
    if (image.width === this.#image.width && image.height === this.#image.height && this.#shown)
      return;
    this.#view = this.#shown
      ? rules.carryOver(this.#view, this.#image, image, this.#pane)
      : rules.fit(image, this.#pane);
    this.#image = { width: image.width, height: image.height };
    this.#shown = true;
  }

  /** The pane has a new size (window, panels, side by side). */
  resize(pane: Pane): void {
    this.#pane = pane;
    if (pane.width > 0 && pane.height > 0)
      this.#view = rules.clampView(this.#view, this.#image, pane);
  }

  fit(): void {
    this.#view = rules.fit(this.#image, this.#pane);
  }
  setZoom(zoom: number, at?: PanePoint): void {
    this.#view = rules.zoomTo(this.#view, this.#image, this.#pane, zoom, at);
  }
  zoomAbout(point: PanePoint, factor: number): void {
    this.#view = rules.zoomBy(this.#view, this.#image, this.#pane, factor, point);
  }
  step(direction: 'in' | 'out', at?: PanePoint): void {
    this.#view = rules.zoomStep(this.#view, this.#image, this.#pane, direction, at);
  }
  toggleFit(at?: PanePoint): void {
    this.#view = rules.toggleFit(this.#view, this.#image, this.#pane, at);
  }
  panBy(by: { readonly right: number; readonly down: number }): void {
    if (this.pannable) this.#view = rules.panBy(this.#view, this.#image, this.#pane, by);
  }
  /** The image point under a point of the pane; may lie outside the image. */
  imagePointAt(point: PanePoint): { x: number; y: number } {
    return rules.imagePointAt(this.#view, this.#pane, point);
  }
}

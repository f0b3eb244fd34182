/**
 * What is done with scans on the screen, beside cleaning: which values are seen, playing through slices, measuring, the planes of a
 * volume and the cross-hair that goes through them.
 */
import type { HostBridge } from '../../app/contract/bridge.ts';
import type { DocumentInfo, Plane } from '../../app/contract/index.ts';
import type { FileEntry } from '../state/entry.svelte.ts';
import type { Drawn } from '../viewer/types.ts';
import type { ViewState } from '../viewer/view-state.svelte.ts';
import { cutOf, pageAt, sliceAt } from '../../app/contract/planes.ts';
import { upright } from '../viewer/orientation.ts';
import { pixelOf, positionOf, type Vector } from './directions.ts';
import { draggedWindow, isWindowed, shownWindow, windowsOf } from './windows.ts';

/** What a region holds, of one picture. */
export interface RegionFacts {
  readonly count: number;
  readonly mean: number | null;
  readonly deviation: number | null;
}

export interface Measured {
  readonly label: string;
  readonly region: RegionFacts;
  readonly values: readonly (number | null)[];
}

interface Screen {
  readonly bridge: Pick<HostBridge, 'run'>;
  readonly view: ViewState;
  readonly session: {
    readonly active: FileEntry | null;
    canTurn(by: number): boolean;
    turnPage(by: number): void;
    showPlane(plane: Plane | null, page: number): void;
    readonly pages: { readonly page: number; readonly count: number } | null;
  };
}

/** Slices per second. */
const RATE = 15;

export class ScanDesk {
  overlay = $state(true);
  measuring = $state(false);
  #drawn = $state.raw<{ readonly of: string | null; readonly line: Drawn } | null>(null);
  /** Of the original, and of the result where there is one. */
  measured = $state.raw<readonly Measured[] | null>(null);
  /** Why it could not be measured; empty: it could. */
  failure = $state('');
  playing = $state(false);
  /** Where the cross-hair was put, millimetres; it goes through every page that is shown. */
  #cross = $state.raw<{ readonly of: string | null; readonly point: Vector } | null>(null);
  readonly #screen: Screen;
  #timer: ReturnType<typeof setInterval> | undefined;
  #asked = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** The line on the picture; null: none, or one of another file. */
  get drawn(): Drawn | null {
    return this.#drawn?.of === this.#key ? (this.#drawn?.line ?? null) : null;
  }
  get #key(): string | null {
    return this.#screen.session.active?.key ?? null;
  }

  get info(): DocumentInfo | null {
    return this.#screen.session.active?.info ?? null;
  }
  /** Some of what is here applies to what is shown. */
  get isScan(): boolean {
    return this.info?.content.family === 'scan';
  }
  get isWindowed(): boolean {
    return isWindowed(this.info);
  }

  /** Planes can be cut from what is shown. */
  get hasPlanes(): boolean {
    return this.info?.volume !== undefined;
  }

  /** Where the cross-hair goes through the plane that is shown; null: slices as they were taken are. */
  get cross(): { readonly x: number; readonly y: number; readonly point: Vector } | null {
    const { info } = this;
    const { place, pixelSize, plane } = info ?? {};
    if (!info || !plane || !place || !pixelSize) return null;
    const middle = { x: (info.width - 1) / 2, y: (info.height - 1) / 2 };
    const put = this.#cross?.of === this.#key ? this.#cross?.point : undefined;
    const at = put ? pixelOf(place, pixelSize, put) : middle;
    return { ...at, point: positionOf(place, pixelSize, at) };
  }

  /** Puts the cross-hair on a pixel of the plane that is shown. */
  point(pixel: { readonly x: number; readonly y: number }): void {
    const { place, pixelSize, width, height } = this.info ?? {};
    if (!place || !pixelSize || !width || !height) return;
    const within = (value: number, size: number): number => Math.min(Math.max(value, 0), size - 1);
    const at = { x: within(pixel.x, width), y: within(pixel.y, height) };
    this.#cross = { of: this.#key, point: positionOf(place, pixelSize, at) };
  }

  /** Another plane through the cross-hair, or the slices as they were taken. */
  showPlane(plane: Plane | null): void {
    const { info } = this;
    const { volume, place, pixelSize } = info ?? {};
    if (!info || !volume || !place || !pixelSize) return;
    const { session, view } = this.#screen;
    const middle = { x: (info.width - 1) / 2, y: (info.height - 1) / 2 };
    const put =
      this.#cross?.of === this.#key ? pixelOf(place, pixelSize, this.#cross!.point) : null;
    // What is looked at lies on the page that is shown.
    const point = positionOf(place, pixelSize, put ?? middle);
    this.#cross = { of: this.#key, point };
    this.stop();
    this.forget();
    view.orient(upright);
    const each = (of: Plane | null | undefined): number =>
      of ? cutOf(volume, of).pages : volume.size[2];
    const time = Math.floor(((info.pages?.page ?? 1) - 1) / each(info.plane));
    const page = plane ? pageAt(volume, cutOf(volume, plane), point) : sliceAt(volume, point);
    session.showPlane(plane, time * each(plane) + page + 1);
  }

  drag(by: { readonly right: number; readonly down: number }): void {
    const { view } = this.#screen;
    if (this.info) view.setWindow(draggedWindow(shownWindow(this.info, view.window), by));
  }

  /** The next of the known windows, after the last one the first. */
  nextWindow(): void {
    if (!this.info) return;
    const choices = windowsOf(this.info);
    const at = choices.findIndex(({ id }) => id === this.chosen);
    this.#screen.view.setWindow(choices[(at + 1) % choices.length]!.window);
  }

  /** Id of the known window that is shown; null: it was set by hand. */
  get chosen(): string | null {
    const { window } = this.#screen.view;
    if (window === null) return 'file';
    const known = this.info ? windowsOf(this.info) : [];
    const same = known.find(
      (one) =>
        one.window?.center === window.center &&
        one.window.width === window.width &&
        one.window.sigmoid === window.sigmoid,
    );
    return same?.id ?? null;
  }

  play(): void {
    this.playing = !this.playing;
    clearInterval(this.#timer);
    if (!this.playing) return;
    this.#timer = setInterval(() => {
      const { session } = this.#screen;
      if (!session.pages) return this.stop();
      // The next one is asked for when this one is there: a slow machine plays slower, and skips none.
      if (!session.active?.open) return;
      if (session.canTurn(1)) session.turnPage(1);
      else session.turnPage(1 - session.pages.count);
    }, 1000 / RATE);
  }

  stop(): void {
    this.playing = false;
    clearInterval(this.#timer);
  }

  draw(drawn: Drawn): void {
    this.#drawn = { of: this.#key, line: drawn };
    this.measured = null;
    this.failure = '';
  }

  forget(): void {
    this.#drawn = null;
    this.measured = null;
    this.failure = '';
    this.#asked += 1;
  }

  /** Measures what was drawn. @param layers ids with their labels, the original first */
  async measure(layers: readonly { readonly id: string; readonly label: string }[]): Promise<void> {
    const { drawn } = this;
    const document = this.#screen.session.active?.id;
    if (!drawn || document === undefined) return;
    const asked = ++this.#asked;
    const { from, to } = drawn;
    const rect = {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(to.x - from.x) + 1,
      height: Math.abs(to.y - from.y) + 1,
    };
    try {
      const { bridge } = this.#screen;
      const measured = await Promise.all(
        layers.map(async ({ id: layer, label }): Promise<Measured> => {
          const [region, { values }] = await Promise.all([
            bridge.run('region', { document, layer, rect }),
            bridge.run('profile', { document, layer, from, to }),
          ]);
          return { label, region, values };
        }),
      );
      if (asked !== this.#asked) return;
      this.measured = measured;
      this.failure = '';
    } catch (error) {
      if (asked !== this.#asked) return;
      this.measured = null;
      this.failure = (error as Error).message;
    }
  }
}

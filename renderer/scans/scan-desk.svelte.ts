/**
 * What is done with scans on the screen, beside cleaning: which values are seen, playing through slices, measuring, the planes of a
 * volume, one at a time or all three, and the cross-hair that goes through them.
 */
import type { HostBridge } from '../../app/contract/bridge.ts';
import type { DocumentInfo, HourglassEvent, Plane, VolumeShape } from '../../app/contract/index.ts';
import type { FileEntry } from '../state/entry.svelte.ts';
import type { Drawn } from '../viewer/types.ts';
import type { SeenThrough, ViewState } from '../viewer/view-state.svelte.ts';
import { cutOf, pageAt, placeOfPage, planes, pointAt, sliceAt, voxelAt, voxelOf, type Along, type Cut } from '../../app/contract/planes.ts'; // prettier-ignore
import { upright } from '../viewer/orientation.ts';
import { pixelOf, positionOf, type Vector } from './directions.ts';
import { paceOf, playRate, type Pace } from './pace.ts';
import { SidePlane, type SidePage } from './side-plane.svelte.ts';
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
    /** A page that was turned to is not seen yet. */
    readonly turning: boolean;
  };
}

/** The page of a plane that is asked for: it may still be opened. */
interface AskedPage {
  readonly volume: VolumeShape;
  readonly plane: Plane;
  readonly cut: Cut;
  /** From 0 on, at one time. */
  readonly page: number;
  readonly time: number;
}

/** Milliseconds after which a slice that is not there yet is looked for again. */
const SOON = 1000 / playRate.most;

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
  #three = $state(false);
  readonly #sides: Readonly<Record<Plane, SidePlane>>;
  readonly #screen: Screen;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
    // The same values are black and white in all of them, also where each page would be shown in a range of its own.
    const seen = (): SeenThrough => ({
      window: this.info && shownWindow(this.info, screen.view.window),
      inverted: screen.view.inverted,
    });
    const side = (plane: Plane): SidePlane => new SidePlane(plane, screen.bridge, seen);
    this.#sides = { axial: side('axial'), coronal: side('coronal'), sagittal: side('sagittal') };
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

  get #put(): Vector | null {
    return this.#cross?.of === this.#key ? (this.#cross?.point ?? null) : null;
  }

  get #page(): AskedPage | null {
    const { active, pages } = this.#screen.session;
    const { volume } = this.info ?? {};
    const plane = active?.plane ?? null;
    if (!volume || !pages || plane === null) return null;
    const cut = cutOf(volume, plane);
    const at = pages.page - 1;
    return { volume, plane, cut, page: at % cut.pages, time: Math.floor(at / cut.pages) };
  }

  /** Where the cross-hair is on the page that is asked for; null: slices as they were taken are. */
  get #point(): Vector | null {
    const asked = this.#page;
    if (!asked) return null;
    const { volume, cut, page } = asked;
    const place = placeOfPage(volume, cut, page);
    const size = { x: cut.pixel, y: cut.pixel };
    const put = this.#put;
    const middle = { x: (cut.width - 1) / 2, y: (cut.height - 1) / 2 };
    return positionOf(place, size, put ? pixelOf(place, size, put) : middle);
  }

  /** Where the cross-hair goes through the plane that is shown; null: slices as they were taken are. */
  get cross(): { readonly x: number; readonly y: number; readonly point: Vector } | null {
    const { place, pixelSize, plane } = this.info ?? {};
    const point = this.#point;
    if (!plane || !place || !pixelSize || !point) return null;
    return { ...pixelOf(place, pixelSize, point), point };
  }

  /** All three planes are shown, the one that is worked on and two beside it. */
  get threePlanes(): boolean {
    return this.#three && this.#page !== null;
  }

  /** Those beside the picture, in the order of the keys. */
  get beside(): readonly Plane[] {
    return planes.filter((plane) => plane !== this.#page?.plane);
  }

  /** A plane beside the picture. */
  side(plane: Plane): SidePlane {
    return this.#sides[plane];
  }

  onJob(event: Extract<HourglassEvent, { type: 'job' }>): void {
    for (const side of Object.values(this.#sides)) side.onJob(event);
  }

  /** The page of a plane that the cross-hair goes through; null: it is not shown. */
  pageOf(plane: Plane): SidePage | null {
    const asked = this.#page;
    const point = this.#point;
    const { active } = this.#screen.session;
    if (!asked || !point || !active || active.source === null) return null;
    const { source, allowed } = active;
    const cut = cutOf(asked.volume, plane);
    const page = asked.time * cut.pages + pageAt(asked.volume, cut, point) + 1;
    return { source, allowed, page };
  }

  /** Where the cross-hair goes through a plane beside the picture. */
  crossOf({ place, pixelSize }: DocumentInfo): { readonly x: number; readonly y: number } | null {
    const point = this.#point;
    return place && pixelSize && point ? pixelOf(place, pixelSize, point) : null;
  }

  /** One plane, or all three: those of a first slice that nobody went through meet in the middle of the volume. */
  toggleThree(): void {
    const { info } = this;
    const volume = info?.volume;
    if (!volume) return;
    if (this.threePlanes) {
      this.#three = false;
      return;
    }
    this.#three = true;
    const asked = this.#page;
    if (asked) return this.#goTo(this.#point!);
    // The plane that slices were taken in is cleaned one by one.
    const taken = planes.find((plane) => cutOf(volume, plane).through.axis === 2) ?? 'axial';
    const isNew = this.#put === null && (info.pages?.page ?? 1) === 1;
    const middle = volume.size.map((voxels) => (voxels - 1) >> 1);
    this.#open(taken, isNew ? pointAt(volume, middle) : undefined);
  }

  /** Puts the cross-hair on the voxel nearest to a point, and shows the pages that go through it. */
  #goTo(point: Vector): void {
    const asked = this.#page;
    if (!asked) return;
    const { volume, cut, page } = asked;
    const voxel = pointAt(volume, voxelAt(volume, point));
    this.#cross = { of: this.#key, point: voxel };
    const by = pageAt(volume, cut, voxel) - page;
    if (by !== 0) this.#screen.session.turnPage(by);
  }

  /** Puts the cross-hair on a pixel of a plane beside the picture. */
  pointIn(
    { place, pixelSize }: DocumentInfo,
    pixel: { readonly x: number; readonly y: number },
  ): void {
    if (place && pixelSize) this.#goTo(positionOf(place, pixelSize, pixel));
  }

  /** Moves the cross-hair along a plane: by its pixels, or by voxels where three planes are shown. */
  step(by: { readonly x: number; readonly y: number }, plane = this.#page?.plane): void {
    const { cross } = this;
    if (!cross || !plane) return;
    if (!this.threePlanes) return this.point({ x: cross.x + by.x, y: cross.y + by.y });
    const { across, down } = cutOf(this.#page!.volume, plane);
    this.#moveBy([
      [across, by.x],
      [down, by.y],
    ]);
  }

  /** Goes through the pages of a plane beside the picture. */
  turn(plane: Plane, by: 1 | -1): void {
    const asked = this.#page;
    if (asked) this.#moveBy([[cutOf(asked.volume, plane).through, by]]);
  }

  /** Stops at the last voxels. */
  #moveBy(steps: readonly (readonly [Along, number])[]): void {
    const { volume } = this.#page!;
    const voxel = voxelAt(volume, this.#point!);
    for (const [along, by] of steps) {
      const { axis, voxels } = along;
      const at = voxelOf(along, voxel[axis]) + by;
      voxel[axis] = voxelOf(along, Math.min(Math.max(at, 0), voxels - 1));
    }
    this.#goTo(pointAt(volume, voxel));
  }

  /** Puts the cross-hair on a pixel of the plane that is shown. */
  point(pixel: { readonly x: number; readonly y: number }): void {
    const { place, pixelSize, width, height } = this.info ?? {};
    if (!place || !pixelSize || !width || !height) return;
    const within = (value: number, size: number): number => Math.min(Math.max(value, 0), size - 1);
    const at = { x: within(pixel.x, width), y: within(pixel.y, height) };
    const point = positionOf(place, pixelSize, at);
    if (this.threePlanes) this.#goTo(point);
    else this.#cross = { of: this.#key, point };
  }

  /** Another plane through the cross-hair, or the slices as they were taken. */
  showPlane(plane: Plane | null): void {
    if (plane === null) this.#three = false;
    this.#open(plane);
  }

  /** @param through where the cross-hair is put; default: where it is on the page that is looked at */
  #open(plane: Plane | null, through?: Vector): void {
    const { info } = this;
    const { volume, place, pixelSize } = info ?? {};
    if (!info || !volume || !place || !pixelSize) return;
    const { session, view } = this.#screen;
    const middle = { x: (info.width - 1) / 2, y: (info.height - 1) / 2 };
    const put = this.#put;
    // What is looked at lies on the page that is shown.
    const point =
      through ??
      this.#point ??
      positionOf(place, pixelSize, put ? pixelOf(place, pixelSize, put) : middle);
    this.#cross = { of: this.#key, point };
    this.stop();
    this.forget();
    view.orient(upright);
    const each = (of: Plane | null): number => (of ? cutOf(volume, of).pages : volume.size[2]);
    const before = session.active?.plane ?? null;
    const time = Math.floor(((session.pages?.page ?? 1) - 1) / each(before));
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

  /** How fast slices are played. */
  get pace(): Pace {
    return paceOf(this.info?.cine);
  }

  play(): void {
    this.playing = !this.playing;
    clearTimeout(this.#timer);
    if (this.playing) this.#playFrom(performance.now());
  }

  /** @param since when the slice that is shown should have come: what loading takes is no part of how long it stays */
  #playFrom(since: number): void {
    const { session } = this.#screen;
    if (!session.pages) return this.stop();
    const again = (after: number, from = since): void => {
      this.#timer = setTimeout(() => this.#playFrom(from), after);
    };
    // The next one is asked for when this one is there: a slow machine plays slower, and skips none.
    if (!session.active?.open || session.turning) return again(SOON);
    const { milliseconds } = this.pace;
    const late = performance.now() - since - milliseconds;
    if (late < -1) return again(-late);
    if (session.canTurn(1)) session.turnPage(1);
    else session.turnPage(1 - session.pages.count);
    again(SOON, late > milliseconds ? performance.now() : since + milliseconds);
  }

  stop(): void {
    this.playing = false;
    clearTimeout(this.#timer);
  }

  draw(drawn: Drawn): void {
    this.#drawn = { of: this.#key, line: drawn };
    this.measured = null;
    this.failure = '';
  }

  /**
   * Moves the end of the line that is measured, or all of it, by pixels, as far as the picture goes. Where there is none one begins: a
   * quarter of what is seen, in its middle.
   */
  stretch(by: { readonly x: number; readonly y: number }, whole: boolean): void {
    const { info, drawn } = this;
    if (!info) return;
    if (!drawn) {
      const seen = this.#screen.view.visible ?? { x: 0, y: 0, ...info };
      const y = seen.y + (seen.height >> 1);
      const x = seen.x + (seen.width >> 1) - (seen.width >> 3);
      return this.draw({ from: { x, y }, to: { x: x + (seen.width >> 2), y }, done: true });
    }
    const moved = ({ x, y }: { readonly x: number; readonly y: number }) => ({
      x: x + by.x,
      y: y + by.y,
    });
    const from = whole ? moved(drawn.from) : drawn.from;
    const to = moved(drawn.to);
    const fits = [from, to].every(
      ({ x, y }) => x >= 0 && y >= 0 && x < info.width && y < info.height,
    );
    if (fits) this.draw({ from, to, done: true });
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

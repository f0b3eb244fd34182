/**
 * The life of one canvas: painter, tiles, and the frames drawn when something changed. It is told what
 * to show by the component and reports what was shown. Gestures and words are elsewhere.
 */
import type { DocumentInfo, Rect } from '../../app/contract/index.ts';
import { shareOf, type Amount } from './amount.ts';
import { createCanvasPainter } from './canvas2d.ts';
import { createGlPainter } from './gl.ts';
import { LevelTables, type LevelWindow } from './level-window.ts';
import type { Region } from './layout.ts';
import type { Orientation } from './orientation.ts';
import type { Painter } from './painter.ts';
import { Scene, type FrameReport, type SceneAhead, type SceneLayers } from './scene.ts';
import { TileCache } from './tile-cache.ts';
import { fetchTile } from './tile-fetch.ts';
import type { LayerAddress, TileLayer } from './tile-layer.ts';
import type { OnScreen, PictureAhead, ViewerLayer, ViewerStatistics } from './types.ts';
import { carryOver, seenOf, type Pane, type View } from './view.ts';

/** Memory for tiles: enough for two layers of a 4K display several times over. */
export const BUDGET_BYTES = 256 * 1024 * 1024;
/** Of the six connections that a browser opens to one host, events and commands keep two. */
const CONCURRENCY = 4;
/** The last picture stays this long while the first tile of the next file is on its way, ms. */
const HOLD_PICTURE = 250;

export interface StageInput {
  readonly document: DocumentInfo;
  readonly layer: ViewerLayer | null;
  readonly base: ViewerLayer | null;
  readonly view: View;
  /** As the upright picture sees it. */
  readonly pane: Pane;
  readonly orientation: Orientation;
  readonly canvas: { readonly width: number; readonly height: number };
  readonly regions: readonly Region[];
  readonly gain: number;
  /** How much is to be taken away; null: nothing is approximated. */
  readonly amount: Amount | null;
  /** null: as the document is shown at first. */
  readonly window: LevelWindow | null;
  /** Light and dark are swapped. */
  readonly inverted: boolean;
}

export interface StageOptions {
  readonly prefer: 'webgl' | '2d';
  readonly onframe: (report: FrameReport, shown: OnScreen) => void;
  /** The host has no tiles of this layer (any more). */
  readonly onlost: (layer: string) => void;
  /** The graphics context is gone (true) or back (false). */
  readonly oncontext: (lost: boolean) => void;
}

export interface Stage {
  readonly painter: Painter<unknown>['kind'];
  show(input: StageInput): void;
  /** Fetches what these would show, as far as memory allows, when all of the picture is there; the most likely first. */
  prepare(ahead: readonly PictureAhead[]): void;
  invalidate(layer: ViewerLayer, rect: Rect, version: number): void;
  retry(): void;
  statistics(): ViewerStatistics;
  dispose(): void;
}

/** @returns null when the canvas can neither do WebGL2 nor 2D drawing */
export function createStage(canvas: HTMLCanvasElement, options: StageOptions): Stage | null {
  const gl = options.prefer === 'webgl' ? createGlPainter(canvas) : null;
  if (gl) return new CanvasStage(canvas, gl, () => createGlPainter(canvas), options);
  const flat = createCanvasPainter(canvas);
  return flat ? new CanvasStage(canvas, flat, () => null, options) : null;
}

const aboutOf = (document: DocumentInfo): Omit<LayerAddress, 'id'> => ({
  document: document.document,
  pyramid: document,
  revision: `${document.bytes} ${document.modifiedMs}`,
  bits: document.codes ? 16 : 8,
});

const addressOf = (
  about: Omit<LayerAddress, 'id'>,
  { id, epoch = 0 }: ViewerLayer,
): LayerAddress => ({
  ...about,
  id,
  revision: `${about.revision} ${epoch}`,
});

class CanvasStage<P> implements Stage {
  readonly #canvas: HTMLCanvasElement;
  readonly #options: StageOptions;
  readonly #remake: () => Painter<P> | null;
  readonly #cache: TileCache<P>;
  readonly #events = new AbortController();
  readonly #tables = new LevelTables();
  #painter: Painter<P>;
  #scene: Scene<P>;
  #input: StageInput | null = null;
  #layers: SceneLayers<P> | null = null;
  #ahead: readonly PictureAhead[] = [];
  #complete = false;
  /** What layers took away. */
  readonly #amounts = new WeakMap<object, Amount>();
  /** Of the last layer; empty: there was none. */
  #kind = '';
  #lost = false;
  #frame: number | null = null;
  #frames = 0;
  #missing = 0;
  #holdUntil = 0;
  #holdTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    canvas: HTMLCanvasElement,
    painter: Painter<P>,
    remake: () => Painter<P> | null,
    options: StageOptions,
  ) {
    this.#canvas = canvas;
    this.#painter = painter;
    this.#remake = remake;
    this.#options = options;
    this.#cache = new TileCache<P>(
      {
        load: async ({ layer, place, version }, signal) => {
          const { document, id, pyramid, bits } = layer;
          const about = { document, layer: id, pyramid, bits, place, version };
          const tile = await fetchTile(about, signal);
          signal.throwIfAborted();
          return this.#painter.upload(tile);
        },
        release: (payload) => this.#painter.release(payload),
      },
      {
        budgetBytes: BUDGET_BYTES,
        concurrency: CONCURRENCY,
        bytesPerPixel: () => this.#painter.bytesPerPixel,
        onchange: () => this.#request(),
        onlost: ({ document, id }) => {
          if (document === this.#input?.document.document) options.onlost(id);
        },
      },
    );
    this.#scene = new Scene(painter, this.#cache, BUDGET_BYTES);
    const { signal } = this.#events;
    canvas.addEventListener('webglcontextlost', (event) => this.#lose(event), { signal });
    canvas.addEventListener('webglcontextrestored', () => this.#restore(), { signal });
  }

  get painter(): Painter<unknown>['kind'] {
    return this.#painter.kind;
  }

  show(input: StageInput): void {
    this.#input = input;
    this.#layers = this.#layersOf(input);
    const { width, height } = input.canvas;
    // Another size is drawn before the browser paints, or the old picture is seen stretched for a frame.
    if (width !== this.#canvas.width || height !== this.#canvas.height) this.#draw();
    else this.#request();
  }

  prepare(ahead: readonly PictureAhead[]): void {
    this.#ahead = ahead;
    this.#request();
  }

  invalidate(layer: ViewerLayer, rect: Rect, version: number): void {
    if (!this.#input) return;
    // The event may come before the page has told the stage of the new layer.
    if (this.#input.layer?.id !== layer.id || this.#input.layer.epoch !== layer.epoch)
      this.show({ ...this.#input, layer });
    this.#layers?.result?.markChanged(rect, version);
    this.#request();
  }

  retry(): void {
    this.#cache.retry();
  }

  statistics(): ViewerStatistics {
    return {
      painter: this.#painter.kind,
      frames: this.#frames,
      ...this.#cache.statistics,
      budgetBytes: BUDGET_BYTES,
      missing: this.#missing,
    };
  }

  dispose(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#holdTimer);
    this.#events.abort();
    this.#cache.dispose();
    this.#painter.dispose();
  }

  #layersOf(input: StageInput): SceneLayers<P> {
    const { document, layer } = input;
    const about = aboutOf(document);
    const { revision } = about;
    const before = this.#layers;
    const sameDocument =
      before?.source.document === document.document && before.source.revision === revision;
    if (!sameDocument) this.#holdUntil = performance.now() + HOLD_PICTURE;
    const source = sameDocument
      ? before.source
      : this.#cache.layer({ ...about, id: 'source' }, 0, true);
    const last = sameDocument ? before.result : null;
    const wasComplete = this.#complete;
    const result = layer ? this.#resultOf(layer, about, last) : null;
    const base = input.base
      ? this.#cache.layer(addressOf(about, input.base), input.base.version, true)
      : null;
    const kind = layer?.kind.id ?? this.#kind;
    const comparable = sameDocument && kind === this.#kind;
    this.#kind = kind;
    // Pixels of another kind are no stand-in: a residual of a noise map would show what nobody removed.
    if (!comparable) return { source, result, base, previous: null };
    // What is not whole would leave holes where a whole one can stand for what is asked for.
    const kept = wasComplete ? last : (before.previous ?? last);
    return { source, result, base, previous: result === last ? before.previous : kept };
  }

  /** The layers that a picture would be drawn with, and where it would lie. */
  #sceneAhead({ document, layer, base }: PictureAhead, input: StageInput): SceneAhead<P> {
    const about = aboutOf(document);
    const tilesOf = (of: ViewerLayer | null): TileLayer<P> | null =>
      of?.complete ? this.#cache.layer(addressOf(about, of), of.version, true) : null;
    const source = this.#cache.layer({ ...about, id: 'source' }, 0, true);
    const view = carryOver(input.view, input.document, seenOf(document), input.pane);
    return { layers: { source, result: tilesOf(layer), base: tilesOf(base) }, view };
  }

  /** Pixels that were finished before this viewer looked are shown; it has missed their events. */
  #resultOf(
    layer: ViewerLayer,
    about: Omit<LayerAddress, 'id'>,
    last: TileLayer<P> | null,
  ): TileLayer<P> {
    const address = addressOf(about, layer);
    const known = last?.id === layer.id && last.revision === address.revision;
    const seen = layer.complete || (layer.version > 0 && !layer.finished);
    const result = known ? last : this.#cache.layer(address, layer.version, seen);
    if (!known) for (const rect of layer.finished ?? []) result.markChanged(rect, layer.version);
    const completes = layer.complete && !(known && this.#complete);
    if (completes || (!known && seen && result.version < layer.version))
      result.markFinished(layer.version);
    this.#complete = layer.complete;
    if (layer.amount) this.#amounts.set(result, layer.amount);
    return result;
  }

  #request(): void {
    if (this.#frame === null && !this.#lost)
      this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    const input = this.#input;
    if (!input || !this.#layers || this.#lost) return;
    const { width, height } = input.canvas;
    if (width < 1 || height < 1) return;
    if (this.#holdsLastPicture(this.#layers, input)) return;
    // Setting the size clears the canvas, so it is done together with drawing.
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#painter.levels = this.#tables.of(input.document, input.window, input.inverted);
    const ahead = this.#ahead.map((next) => this.#sceneAhead(next, input));
    const { amount } = input;
    const shares = (of: object): number => shareOf(this.#amounts.get(of), amount);
    const report = this.#scene.draw(this.#layers, { ...input, shareOf: shares }, ahead);
    this.#frames += 1;
    this.#missing = report.missing;
    this.#options.onframe(report, {
      document: input.document.document,
      layer: input.layer,
      base: input.base,
      approximate: report.result.worst === 'approximate' || report.result.best === 'approximate',
      whole: [report.result.worst, report.base.worst].every(
        (worst) => worst === null || worst === 'own',
      ),
    });
  }

  /**
   * Between two files of a burst the stage does not go dark: the last picture stays until the first
   * tile of the next is there, or for a moment at most.
   */
  #holdsLastPicture(layers: SceneLayers<P>, input: StageInput): boolean {
    const left = this.#holdUntil - performance.now();
    if (left <= 0) return false;
    for (const tile of layers.source.tiles.values()) if (tile.payload !== null) return false;
    this.#scene.ask(layers, input);
    clearTimeout(this.#holdTimer);
    this.#holdTimer = setTimeout(() => this.#request(), left + 1);
    return true;
  }

  #lose(event: Event): void {
    // Without this the browser never gives the context back.
    event.preventDefault();
    this.#lost = true;
    this.#cache.clear(true);
    this.#options.oncontext(true);
  }

  #restore(): void {
    const painter = this.#remake();
    if (!painter) return;
    this.#painter = painter;
    this.#scene = new Scene(painter, this.#cache, BUDGET_BYTES);
    this.#lost = false;
    this.#options.oncontext(false);
    this.#request();
  }
}

/**
 * One frame: which tiles are drawn where, what stands in for a tile that is not there yet, and which
 * tiles are asked for in which order. Works on any painter, so it is tested without a browser.
 */
import {
  levelForZoom,
  levelGrid,
  tilesTouching,
  type TilePlace,
  type TileRange,
} from './geometry.ts';
import type { Region, Shows } from './layout.ts';
import { paneOf, placementOf, unplaced, upright, type Orientation } from './orientation.ts';
import type { Checkerboard, Clip, Painter, Quad } from './painter.ts';
import { hasGivenUp, type TileCache } from './tile-cache.ts';
import { isCurrent, type Tile, type TileLayer } from './tile-layer.ts';
import type { Stand } from './types.ts';
import { imageOrigin, type Pane, type View } from './view.ts';

export interface SceneLayers<P> {
  readonly source: TileLayer<P>;
  /** null: nothing cleaned yet. */
  readonly result: TileLayer<P> | null;
  /** What the result is compared with in the place of the original; null: the original itself. */
  readonly base: TileLayer<P> | null;
  /** The cleaned layer before this one; stands in until the new pixels arrive. */
  readonly previous: TileLayer<P> | null;
}

export interface SceneView {
  readonly view: View;
  /** As the upright picture sees it. */
  readonly pane: Pane;
  /** How it is turned and flipped on the screen. Default: not. */
  readonly orientation?: Orientation;
  readonly regions: readonly Region[];
  readonly gain: number;
  /** Of one of the layers: by what its difference from the original is multiplied (`shareOf` in amount.ts). Default: 1. */
  readonly shareOf?: (layer: object) => number;
}

/** The best and the worst that stood where a layer is to be seen; null: it is not on the screen. */
export interface Stands {
  best: Stand | null;
  worst: Stand | null;
}

/** A picture that may be shown next, and how it would be seen. */
export interface SceneAhead<P> {
  readonly layers: Pick<SceneLayers<P>, 'source' | 'result' | 'base'>;
  readonly view: View;
}

/** What a frame showed. Reused: read it before the next frame. */
export interface FrameReport {
  /** Tiles drawn from their own pixels, or from a stand-in. */
  drawn: number;
  /** Visible tiles without their own pixels yet. */
  missing: number;
  /** What stood in the place of the result, and of what it is compared with. */
  readonly result: Stands;
  readonly base: Stands;
  /** A visible tile that failed for good; null: none. */
  error: Error | null;
}

/** Most urgent first: something everywhere, then what is seen, what one key press would show, and the next pictures. */
const COARSE = 0;
const SEEN = 1e6;
const HIDDEN = 2e6;
const AHEAD = 3e6;
/** Side of the checkerboard's squares, CSS pixels. */
const CHECK = 8;
/** Share of the tile memory that one view may need below 100 %, before a coarser level is taken. */
const VIEW_SHARE = 0.75;

/** From the layer itself to nothing. */
const worseThan: Readonly<Record<Stand, number>> = {
  own: 0,
  coarse: 1,
  approximate: 2,
  earlier: 3,
  source: 4,
  nothing: 5,
};

export class Scene<P> {
  readonly report: FrameReport = {
    drawn: 0,
    missing: 0,
    result: { best: null, worst: null },
    base: { best: null, worst: null },
    error: null,
  };
  readonly #painter: Painter<P>;
  readonly #cache: TileCache<P>;
  readonly #budgetBytes: number;
  readonly #quad: Quad = {
    left: 0,
    top: 0,
    right: 0,
    bottom: 0,
    originX: 0,
    originY: 0,
    scale: 1,
    smooth: false,
  };
  readonly #clip: Clip = { x: 0, y: 0, width: 0, height: 0 };
  readonly #checks: Checkerboard = { originX: 0, originY: 0, side: CHECK };
  readonly #range: TileRange = { firstColumn: 0, lastColumn: 0, firstRow: 0, lastRow: 0 };
  readonly #place = { level: 0, column: 0, row: 0 };
  readonly #seen = { left: 0, top: 0, right: 0, bottom: 0 };

  constructor(painter: Painter<P>, cache: TileCache<P>, budgetBytes: number) {
    this.#painter = painter;
    this.#cache = cache;
    this.#budgetBytes = budgetBytes;
  }

  /** The level that a view is drawn from: never enlarged below 100 %, unless memory asks for it. */
  levelFor(layers: SceneAhead<P>['layers'], view: View, pane: Pane): number {
    const { levels } = layers.source.pyramid;
    const level = levelForZoom(view.zoom, levels);
    if (view.zoom >= 1) return level;
    const drawn = 1 + (layers.result ? 1 : 0) + (layers.base ? 1 : 0);
    const perPixel = this.#painter.bytesPerPixel * drawn;
    const scale = view.zoom * 2 ** level;
    const needed = (pane.width / scale) * (pane.height / scale) * perPixel;
    return needed > this.#budgetBytes * VIEW_SHARE ? Math.min(level + 1, levels - 1) : level;
  }

  /** @param ahead what may be shown next in the same pane, the most likely first */
  draw(
    layers: SceneLayers<P>,
    about: SceneView,
    ahead: readonly SceneAhead<P>[] = [],
  ): FrameReport {
    const { view, pane } = about;
    const origin = imageOrigin(view, pane);
    const level = this.levelFor(layers, view, pane);
    this.report.drawn = 0;
    this.report.missing = 0;
    this.report.error = null;
    for (const stands of [this.report.result, this.report.base]) {
      stands.best = null;
      stands.worst = null;
    }
    this.#checks.originX = origin.x;
    this.#checks.originY = origin.y;
    this.#checks.side = CHECK * pane.pixelRatio;
    this.#cache.beginFrame();
    this.#painter.begin(this.#checks);
    for (const region of about.regions) this.#drawRegion(layers, about, region, origin, level);
    this.#painter.end();
    this.#wantRest(layers, about, origin, level);
    for (const [index, next] of ahead.entries()) this.#wantAhead(next, about.pane, index);
    this.#cache.endFrame();
    return this.report;
  }

  /** Asks for the tiles of a view without drawing. */
  ask(layers: SceneLayers<P>, about: SceneView): void {
    this.#cache.beginFrame();
    const level = this.levelFor(layers, about.view, about.pane);
    this.#wantRest(layers, about, imageOrigin(about.view, about.pane), level);
    this.#cache.endFrame();
  }

  #drawRegion(
    layers: SceneLayers<P>,
    about: SceneView,
    region: Region,
    origin: { readonly x: number; readonly y: number },
    level: number,
  ): void {
    const { zoom } = about.view;
    const { orientation = upright } = about;
    const { pyramid } = layers.source;
    const originX = region.paneX + origin.x;
    const clip = this.#clip;
    clip.x = region.x;
    clip.y = 0;
    clip.width = region.width;
    clip.height = paneOf(about.pane, orientation).height;
    const placement = placementOf(orientation, about.pane, region.paneX);
    this.#painter.clip(clip, placement);
    const one = unplaced(placement, clip);
    const other = unplaced(placement, { x: clip.x + clip.width, y: clip.height });
    this.#seen.left = (Math.min(one.x, other.x) - originX) / zoom;
    this.#seen.right = (Math.max(one.x, other.x) - originX) / zoom;
    this.#seen.top = (Math.min(one.y, other.y) - origin.y) / zoom;
    this.#seen.bottom = (Math.max(one.y, other.y) - origin.y) / zoom;
    const range = tilesTouching(pyramid, level, this.#seen, this.#range);
    const side = pyramid.tileSize * 2 ** level;
    const quad = this.#quad;
    for (let row = range.firstRow; row <= range.lastRow; row++)
      for (let column = range.firstColumn; column <= range.lastColumn; column++) {
        quad.left = originX + column * side * zoom;
        quad.top = origin.y + row * side * zoom;
        quad.right = originX + Math.min((column + 1) * side, pyramid.width) * zoom;
        quad.bottom = origin.y + Math.min((row + 1) * side, pyramid.height) * zoom;
        this.#place.level = level;
        this.#place.column = column;
        this.#place.row = row;
        const urgency = SEEN + this.#distance(about.view, column, row, side);
        if (region.shows === 'residual')
          this.#residualTile(layers, about, originX, origin.y, urgency);
        else this.#plainTile(layers, about, region.shows, originX, origin.y, urgency);
      }
  }

  /** Squared distance of a tile from the middle of the view, in tiles. */
  #distance(view: View, column: number, row: number, side: number): number {
    const x = column + 0.5 - view.centreX / side;
    const y = row + 0.5 - view.centreY / side;
    return Math.min(x * x + y * y, 1e5);
  }

  #plainTile(
    layers: SceneLayers<P>,
    about: SceneView,
    shows: Shows,
    originX: number,
    originY: number,
    urgency: number,
  ): void {
    const { level, column, row } = this.#place;
    const { source } = layers;
    const asked = shows === 'source' ? null : layers[shows === 'base' ? 'base' : 'result'];
    const made = asked?.isFinished(level, column, row) ? asked : null;
    const own = made ?? source;
    const present = this.#wantTile(own, urgency);
    // Until the made tile is there, the original is what is seen.
    if (made && !present) this.#cache.want(source, this.#place, urgency + 0.5, false);
    const best =
      made?.find(level, column, row) ??
      (shows === 'result' ? layers.previous?.find(level, column, row) : null) ??
      source.find(level, column, row) ??
      this.#coarser(own, source);
    const share = shows === 'result' && best ? this.#shareOf(best, about, source) : 1;
    const original = share === 1 ? null : this.#originalOf(best!, source, urgency);
    if (shows === 'result' || shows === 'base')
      this.#stands(
        this.report[shows],
        !best ? 'nothing' : original ? 'approximate' : this.#standOf(best, asked, source, share),
      );
    if (best && original) this.#paintShare(original, best, about, originX, originY, share);
    else if (best) this.#paint(best, about, originX, originY);
  }

  #shareOf(tile: Tile<P>, about: SceneView, source: TileLayer<P>): number {
    return tile.layer === source ? 1 : (about.shareOf?.(tile.layer) ?? 1);
  }

  /** The original's tile of the same place; null while it is not there. */
  #originalOf(tile: Tile<P>, source: TileLayer<P>, urgency: number): Tile<P> | null {
    const { level, column, row } = tile;
    this.#cache.want(source, tile, urgency, false);
    return source.find(level, column, row);
  }

  /** The finest tile of a coarser level that covers `#place`. */
  #coarser(own: TileLayer<P>, source: TileLayer<P>): Tile<P> | null {
    const { level, column, row } = this.#place;
    for (let up = level + 1; up < source.pyramid.levels; up++) {
      const shift = up - level;
      const found =
        own.find(up, column >> shift, row >> shift) ??
        source.find(up, column >> shift, row >> shift);
      if (found) return found;
    }
    return null;
  }

  /** What it means that this tile is drawn where `asked` is to be seen. */
  #standOf(tile: Tile<P>, asked: TileLayer<P> | null, source: TileLayer<P>, share: number): Stand {
    if (tile.layer === source) return 'source';
    if (share !== 1 || tile.layer !== asked || !isCurrent(tile)) return 'earlier';
    return tile.level === this.#place.level ? 'own' : 'coarse';
  }

  #stands(stands: Stands, stand: Stand): void {
    if (stands.best === null || worseThan[stand] < worseThan[stands.best]) stands.best = stand;
    if (stands.worst === null || worseThan[stand] > worseThan[stands.worst]) stands.worst = stand;
  }

  /**
   * Both layers of a residual come from one level: a fine source less a blurred stand-in would show
   * every edge as if it had been removed. Where no pair is there yet, nothing is drawn.
   */
  #residualTile(
    layers: SceneLayers<P>,
    about: SceneView,
    originX: number,
    originY: number,
    urgency: number,
  ): void {
    const { level, column, row } = this.#place;
    const { source, result, previous } = layers;
    this.#wantTile(source, urgency);
    const finished = result?.isFinished(level, column, row) === true;
    if (finished && result) this.#wantTile(result, urgency);
    for (let up = level; up < source.pyramid.levels; up++) {
      const shift = up - level;
      const original = source.find(up, column >> shift, row >> shift);
      const cleaned =
        (finished ? result?.find(up, column >> shift, row >> shift) : null) ??
        previous?.find(up, column >> shift, row >> shift);
      if (original && cleaned) {
        const share = this.#shareOf(cleaned, about, source);
        const stand = share === 1 ? this.#standOf(cleaned, result, source, 1) : 'approximate';
        this.#stands(
          this.report.result,
          stand === 'own' && !isCurrent(original) ? 'earlier' : stand,
        );
        this.#prepare(original, about, originX, originY);
        this.#cache.use(original);
        this.#cache.use(cleaned);
        if (original.payload !== null && cleaned.payload !== null)
          this.#painter.drawResidual(
            original.payload,
            cleaned.payload,
            this.#quad,
            about.gain * share,
          );
        this.report.drawn += 1;
        return;
      }
    }
    this.#stands(this.report.result, 'nothing');
  }

  #paint(tile: Tile<P>, about: SceneView, originX: number, originY: number): void {
    if (tile.payload === null) return;
    this.#prepare(tile, about, originX, originY);
    this.#cache.use(tile);
    this.#painter.drawTile(tile.payload, this.#quad);
    this.report.drawn += 1;
  }

  /** What the tile took away, at another share. */
  #paintShare(
    original: Tile<P>,
    tile: Tile<P>,
    about: SceneView,
    originX: number,
    originY: number,
    share: number,
  ): void {
    if (tile.payload === null || original.payload === null) return;
    this.#prepare(tile, about, originX, originY);
    this.#cache.use(original);
    this.#cache.use(tile);
    this.#painter.drawShare(original.payload, tile.payload, this.#quad, share);
    this.report.drawn += 1;
  }

  /** Where the drawn tile's own pixels fall; the quad itself was set by the region. */
  #prepare(tile: Tile<P>, about: SceneView, originX: number, originY: number): void {
    const side = tile.layer.pyramid.tileSize * 2 ** tile.level;
    const quad = this.#quad;
    quad.originX = originX + tile.column * side * about.view.zoom;
    quad.originY = originY + tile.row * side * about.view.zoom;
    quad.scale = about.view.zoom * 2 ** tile.level;
    quad.smooth = tile.level !== this.#place.level;
  }

  /** Asks for the tile at `#place`; counts it as missing while its own pixels are not there. */
  #wantTile(layer: TileLayer<P>, urgency: number): boolean {
    this.#cache.want(layer, this.#place, urgency, true);
    const { level, column, row } = this.#place;
    const tile = layer.entry(level, column, row);
    if (tile.payload === null) this.report.missing += 1;
    if (hasGivenUp(tile)) this.report.error = tile.error;
    return tile.payload !== null;
  }

  /** The coarsest level of what is seen, and what the divider or a held key would uncover. */
  #wantRest(
    layers: SceneLayers<P>,
    about: SceneView,
    origin: { readonly x: number; readonly y: number },
    level: number,
  ): void {
    const { pyramid } = layers.source;
    this.#seeAll(about, origin);
    const coarsest = pyramid.levels - 1;
    const grid = levelGrid(pyramid, coarsest);
    const coarse = grid.columns * grid.rows <= 16 && coarsest !== level;
    for (const layer of [layers.source, layers.result, layers.base]) {
      if (!layer) continue;
      if (coarse)
        this.#eachTile(layer, about.view, coarsest, (place, distance) =>
          this.#cache.want(layer, place, COARSE + distance, false),
        );
      this.#eachTile(layer, about.view, level, (place, distance) =>
        this.#cache.want(layer, place, HIDDEN + distance, true),
      );
    }
  }

  /** What all layers of a picture need to be drawn at once when it comes. */
  #wantAhead({ layers, view }: SceneAhead<P>, pane: Pane, rank: number): void {
    this.#seeAll({ view, pane }, imageOrigin(view, pane));
    const level = this.levelFor(layers, view, pane);
    for (const layer of [layers.result, layers.base, layers.source])
      if (layer)
        this.#eachTile(layer, view, level, (place, distance) =>
          this.#cache.wantAhead(layer, place, AHEAD * (1 + rank) + distance),
        );
  }

  /** The part of the picture that the pane shows. */
  #seeAll(
    { view, pane }: Pick<SceneView, 'view' | 'pane'>,
    origin: { readonly x: number; readonly y: number },
  ): void {
    this.#seen.left = -origin.x / view.zoom;
    this.#seen.right = (pane.width - origin.x) / view.zoom;
    this.#seen.top = -origin.y / view.zoom;
    this.#seen.bottom = (pane.height - origin.y) / view.zoom;
  }

  /** Finished tiles of a level in the part that is seen. */
  #eachTile(
    layer: TileLayer<P>,
    view: View,
    level: number,
    want: (place: TilePlace, distance: number) => void,
  ): void {
    const side = layer.pyramid.tileSize * 2 ** level;
    const range = tilesTouching(layer.pyramid, level, this.#seen, this.#range);
    const place = this.#place;
    place.level = level;
    for (place.row = range.firstRow; place.row <= range.lastRow; place.row++)
      for (place.column = range.firstColumn; place.column <= range.lastColumn; place.column++)
        if (layer.isFinished(level, place.column, place.row))
          want(place, this.#distance(view, place.column, place.row, side));
  }
}

/**
 * One open document: the pixels of its file, the layers made of it, and how both become sRGB for the
 * screen. How much of it stays in memory is `memory.ts`; which documents there are, `store.ts`.
 */
import { basename } from 'node:path';
import {
  HourglassError,
  notBetween,
  type DocumentInfo,
  type HourglassEvent,
  type Rect,
  type Scale,
  type TileBits,
  type TileCodes,
  type ShownRange,
  type ValueRange,
} from '../../contract/index.ts';
import { contentOf } from '../content.ts';
import { sourceFilesOf } from '../decode.ts';
import { createDisplayTransform, type DisplayTransform } from '../display.ts';
import { tileCoding, type TileCoding } from '../display-codes.ts';
import {
  displayRange,
  displayScale,
  endsWritten,
  rangeNotice,
  shownRange,
} from '../display-range.ts';
import { extraBytes } from '../extra-samples.ts';
import { levelSizes, Pyramid } from '../pyramid.ts';
import type { Raster } from '../raster.ts';
import type { Readers } from '../readers.ts';
import type { DecodedImage, DecodeLimits, Layer, LayerKind, OpenDocument } from '../types.ts';
import { DocumentLayer, layerNotThere, rasterBytes, type LayerOwner } from './layer.ts';
import type { DocumentMemory } from './memory.ts';
import { hasShapeOf, putValues, stretched } from './other-file.ts';
import { say } from './sentences.ts';
import { SourceFiles } from './source-files.ts';
import { SourcePixels } from './source-pixels.ts';

export const tileSize = 512;

export type GoneReason = Extract<HourglassEvent, { type: 'layer-gone' }>['reason'];

/** What the store knows and the document does not. */
export interface DocumentHome {
  readonly memory: DocumentMemory;
  /** Is this on a screen: a layer by its id, or the document itself? */
  shows(document: string, layer?: string): boolean;
  layerGone(document: string, layer: string, reason: GoneReason): void;
  /** The file on the disk is another one now: the document is of no use any more. */
  changed(document: StoredDocument, error: HourglassError): void;
}

type CutTile = (raster: Raster, rect: Rect) => { bits: TileBits; data: Uint8Array };

export class StoredDocument implements OpenDocument {
  readonly id: string;
  readonly info: DocumentInfo;
  readonly path: string;
  readonly page: number;
  view: Rect | null = null;
  readonly files: SourceFiles;
  /** The frame that the document opens with. */
  readonly source: SourcePixels;
  /** By number, those that somebody has asked for. */
  readonly #frames = new Map<number, SourcePixels>();
  readonly #frameOf: (frame: number, image: DecodedImage | null) => SourcePixels;
  /** Stored values that the source and its layers show as black and white; null: the full scale. */
  readonly #range: ShownRange | null;
  /** How its pixels become tiles of 16 bits; null: they do not. */
  readonly #coding: TileCoding | null;
  readonly #home: DocumentHome;
  readonly #layers = new Map<string, DocumentLayer>();
  readonly #owner: LayerOwner;
  #transform: Promise<DisplayTransform> | null = null;
  #closed = false;

  constructor(
    about: {
      readonly id: string;
      readonly source: string;
      /** Of a TIFF, from 0 on: a document is one page of its file. */
      readonly page: number;
      readonly limits: DecodeLimits;
      readonly readers: Readers;
    },
    image: DecodedImage,
    home: DocumentHome,
  ) {
    const { id } = about;
    this.id = id;
    const found = displayRange(image);
    const scale = displayScale(image, found);
    this.#range = shownRange(scale, image.raster.sampleType);
    this.#coding = tileCoding(image, scale);
    this.page = about.page;
    this.info = describe(about, image, { found, scale, coding: this.#coding });
    this.path = image.path;
    this.#home = home;
    this.files = new SourceFiles({
      files: sourceFilesOf(image),
      name: this.info.name,
      onchanged: (error) => {
        this.#closed = true;
        for (const frame of this.#frames.values()) frame.letGo();
        this.#dropAll('changed');
        home.changed(this, error);
      },
    });
    // Nothing below may hold on to the image itself: its pixels must be free to go.
    const { content } = image;
    const fullBytes = rasterBytes(image.raster) + extraBytes(image.extra);
    this.#frameOf = (frame, decoded) =>
      new SourcePixels({
        image: decoded,
        frame,
        files: this.files,
        fullBytes,
        page: about.page,
        plane: this.info.plane,
        limits: about.limits,
        readers: about.readers,
        memory: home.memory,
        // A page that leases a document shows its first frame; others are decoded again where that is due.
        pinned: () => frame === 0 && home.shows(id),
        // Photo or scan is a fact of the document.
        inDocument: (other) => (content ? { ...other, content } : other),
      });
    this.source = this.#frameOf(0, image);
    this.#frames.set(0, this.source);
    this.#owner = {
      memory: home.memory,
      shows: (layer) => home.shows(id, layer),
      lost: (layer) => this.#drop(layer, 'memory'),
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  async image(frame = 0): Promise<DecodedImage> {
    return (await this.#frame(frame).get()).image;
  }

  /** @throws HourglassError invalid-parameter: there are fewer frames */
  #frame(frame: number): SourcePixels {
    const { frames } = this.info;
    if (!Number.isInteger(frame) || frame < 0 || frame >= frames)
      throw notBetween('frame', 0, frames - 1, frame);
    let found = this.#frames.get(frame);
    if (!found) this.#frames.set(frame, (found = this.#frameOf(frame, null)));
    return found;
  }

  /** Pixels of a frame, or of a layer, with their pyramid. @throws HourglassError document-not-open */
  async pyramid(layer: string, frame = 0): Promise<Pyramid> {
    if (layer === 'source') return (await this.#frame(frame).get()).pyramid;
    this.files.check();
    const found = this.#layers.get(layer);
    if (!found) throw layerNotThere(layer, this.info.name);
    this.#home.memory.use(found);
    return found.pyramid;
  }

  async transform(layer: string): Promise<DisplayTransform> {
    const own = this.#layers.get(layer)?.transform;
    if (own) return own;
    if (!this.#transform) {
      const { image } = await this.source.get();
      this.#transform ??= createDisplayTransform(image, this.#range);
    }
    return this.#transform;
  }

  /** How regions of the source or a layer become tiles for the page, see `DocumentStore.tile`. */
  async cutter(layer: string, bits: TileBits): Promise<CutTile> {
    const coding = this.#layers.get(layer)?.transform ? null : this.#coding;
    if (bits === 16 && coding)
      return (raster, rect) => ({ bits, data: new Uint8Array(coding.encode(raster, rect).buffer) });
    const transform = await this.transform(layer);
    return (raster, rect) => ({ bits: 8, data: transform(raster, rect) });
  }

  layer<F = unknown>(id: string, kind?: LayerKind<F>): Layer<F> | undefined {
    const found = this.#layers.get(id);
    if (!found || (kind && found.kind !== kind)) return undefined;
    this.#home.memory.use(found);
    return found as Layer<unknown> as Layer<F>;
  }

  async makeLayer<F>(
    id: string,
    kind: LayerKind<F>,
    make: (layer: Layer<F>) => Promise<F> | F,
    frame = 0,
  ): Promise<Layer<F>> {
    const { image, pyramid } = await this.#frame(frame).get();
    const isSame = (layer: DocumentLayer | undefined): layer is DocumentLayer =>
      layer?.kind === kind && layer.frame === frame;
    const before = this.#layers.get(id);
    if (isSame(before) && !before.complete) return this.#make(before, make);
    this.#expect(kind, image.raster);
    const copy = await pyramid.copy();
    // While it was copied the document may have been closed, or somebody else began the same layer.
    const meanwhile = this.#layers.get(id);
    if (meanwhile !== before && isSame(meanwhile)) return this.#make(meanwhile, make);
    this.#expect(kind, image.raster);
    const layer = new DocumentLayer({ id, kind, frame }, copy, this.#owner);
    return this.#make(this.#keep(layer), make);
  }

  async makeDrawing<F>(
    id: string,
    kind: LayerKind<F>,
    raster: Raster,
    facts: F,
  ): Promise<Layer<F>> {
    const { image } = await this.source.get();
    const metadata = { ...image.metadata, icc: null, colour: null };
    const transform = await createDisplayTransform({ raster, metadata });
    this.#expect(kind, raster);
    const about = { id, kind, frame: 0 };
    const layer = this.#keep(new DocumentLayer(about, new Pyramid(raster), this.#owner, transform));
    layer.finish(facts);
    return layer as Layer<unknown> as Layer<F>;
  }

  async layFile<F>(
    id: string,
    kind: LayerKind<F>,
    image: DecodedImage,
    facts: F,
  ): Promise<Layer<F>> {
    const { width, height, name } = this.info;
    if (!hasShapeOf(image.raster, this.info)) {
      const other = { otherWidth: image.raster.width, otherHeight: image.raster.height };
      const about = { name, width, height, other: basename(image.path), ...other };
      throw new HourglassError('unsupported-image', say('otherShape', about));
    }
    const { image: source } = await this.source.get();
    const raster = stretched(image.raster, this.info);
    // Values that are shown by a window or in a range are compared in it; a photo has its own profile.
    if (this.#range || this.#coding)
      return this.makeLayer(id, kind, (layer) => {
        putValues(raster, layer.raster, endsWritten(source));
        layer.touch({ x: 0, y: 0, width, height });
        return facts;
      });
    const transform = await createDisplayTransform({ metadata: image.metadata, raster });
    this.#expect(kind, raster);
    const about = { id, kind, frame: 0 };
    const layer = this.#keep(new DocumentLayer(about, new Pyramid(raster), this.#owner, transform));
    layer.finish(facts);
    return layer as Layer<unknown> as Layer<F>;
  }

  /** Which of these layers are there. */
  present(layers: readonly string[]): DocumentLayer[] {
    return layers.flatMap((id) => this.#layers.get(id) ?? []);
  }

  /** Lets go of everything, for good. */
  close(): void {
    this.#closed = true;
    this.#dropAll('closed');
    for (const frame of this.#frames.values()) frame.close();
  }

  async #make<F>(
    layer: DocumentLayer,
    make: (layer: Layer<F>) => Promise<F> | F,
  ): Promise<Layer<F>> {
    const typed = layer as Layer<unknown> as Layer<F>;
    await layer.make(async () => make(typed));
    return typed;
  }

  /** @throws HourglassError out-of-memory, document-not-open */
  #expect<F>({ label }: LayerKind<F>, raster: Raster): void {
    if (this.#closed)
      throw new HourglassError(
        'document-not-open',
        say('closedMeanwhile', { name: this.info.name }),
      );
    const { memory } = this.#home;
    const own = this.source.pinned ? 0 : this.source.fullBytes;
    memory.expect(
      rasterBytes(raster),
      memory.pinnedBytes + own,
      say('layerOf', { layer: label, name: this.info.name }),
    );
  }

  #keep(layer: DocumentLayer): DocumentLayer {
    const earlier = this.#layers.get(layer.id);
    if (earlier) this.#home.memory.forget(earlier);
    this.#layers.set(layer.id, layer);
    this.#home.memory.use(layer);
    return layer;
  }

  #drop(layer: DocumentLayer, reason: GoneReason): void {
    if (this.#layers.get(layer.id) !== layer) return;
    this.#layers.delete(layer.id);
    this.#home.memory.forget(layer);
    this.#home.layerGone(this.id, layer.id, reason);
  }

  #dropAll(reason: GoneReason): void {
    for (const layer of [...this.#layers.values()]) this.#drop(layer, reason);
  }
}

const codesOf = ({ origin, step }: TileCoding): TileCodes => ({ origin, step });

function describe(
  { id, source, page }: { readonly id: string; readonly source: string; readonly page: number },
  image: DecodedImage,
  shown: {
    readonly found: ValueRange | null;
    readonly scale: Scale;
    readonly coding: TileCoding | null;
  },
): DocumentInfo {
  const { found, scale, coding } = shown;
  const { raster, metadata } = image;
  const files = sourceFilesOf(image);
  const { camera, iso } = metadata;
  return {
    document: id,
    source,
    name: basename(image.path),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    modifiedMs: metadata.modifiedMs,
    format: image.format,
    width: raster.width,
    height: raster.height,
    channels: raster.channels,
    hasAlpha: raster.hasAlpha,
    sampleType: raster.sampleType,
    ...(raster.bits === undefined ? {} : { bits: raster.bits }),
    scale,
    content: contentOf(image),
    ...image.scanned,
    frames: image.frames ?? 1,
    ...(image.pages ? { pages: { page: page + 1, count: image.pages.count } } : {}),
    files: files.length,
    profileName: metadata.profileName,
    levels: levelSizes(raster).length,
    tileSize,
    ...(coding ? { codes: codesOf(coding) } : {}),
    capturedWith:
      camera === null && iso === null
        ? null
        : [camera, iso === null ? null : say('iso', { iso })].filter(Boolean).join(', '),
    ...(camera === null ? {} : { camera }),
    iso,
    // Whoever has the document can turn its pages: that the others were not read is not true of it.
    notices: [
      ...image.notices.filter((one) => one.text !== image.pages?.notice.text),
      ...(found ? [rangeNotice(found, raster.sampleType)] : []),
    ],
  };
}

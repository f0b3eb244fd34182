/**
 * Open documents in the engine: decoded pixels, their pyramids and cleaned layers, bounded by
 * bytes. Pixels that were dropped are decoded again when asked for. What a tile is for the screen
 * is here; how samples become sRGB is in `display.ts`, thumbnails are in `thumbnail.ts`.
 */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { HourglassError, type DocumentInfo, type Rect } from '../contract/index.ts';
import { decodeImage, defaultLimits } from './decode.ts';
import { createDisplayTransform, type DisplayTransform } from './display.ts';
import { displayRange, rangeNotice } from './display-range.ts';
import type { ValueRange } from './percentiles.ts';
import { levelSizes, Pyramid, pyramidBytes } from './pyramid.ts';
import type { Raster } from './raster.ts';
import type { Readers } from './readers.ts';
import { createThumbnail } from './thumbnail.ts';
import type { DecodedImage, DecodeLimits, DocumentStore, Layer, OpenDocument } from './types.ts';

export const tileSize = 512;

/** Layers of the picture's own kind per document; a new one drops the oldest. */
const maxLayers = 2;

class DocumentLayer implements Layer {
  readonly id: string;
  readonly raster: Raster;
  readonly pyramid: Pyramid;
  /** null: shown as the source is. */
  readonly transform: DisplayTransform | null;
  #version = 1;

  constructor(
    id: string,
    raster: Raster,
    pyramid: Pyramid,
    transform: DisplayTransform | null = null,
  ) {
    this.id = id;
    this.raster = raster;
    this.pyramid = pyramid;
    this.transform = transform;
  }

  get version(): number {
    return this.#version;
  }

  touch(rect: Rect): void {
    this.pyramid.touch(rect);
    this.#version += 1;
  }
}

/** Size and time of the file when it was opened: tells whether it is still the same. */
interface Fingerprint {
  readonly bytes: number;
  readonly modifiedMs: number;
}

class StoredDocument implements OpenDocument {
  readonly id: string;
  readonly info: DocumentInfo;
  readonly path: string;
  view: Rect | null = null;
  /** Stored values that the source and its layers show as black and white; null: the full scale. */
  readonly #range: ValueRange | null;
  readonly #limits: DecodeLimits;
  readonly #fingerprint: Fingerprint;
  readonly #readers: Readers;
  readonly #used: (document: StoredDocument) => void;
  #pixels: { image: DecodedImage; pyramid: Pyramid } | null;
  #loading: Promise<{ image: DecodedImage; pyramid: Pyramid }> | null = null;
  #transform: Promise<DisplayTransform> | null = null;
  readonly #layers = new Map<string, DocumentLayer>();

  constructor(
    id: string,
    source: string,
    image: DecodedImage,
    limits: DecodeLimits,
    readers: Readers,
    used: (document: StoredDocument) => void,
  ) {
    this.id = id;
    this.#range = displayRange(image);
    this.info = describe(id, source, image, this.#range);
    this.path = image.path;
    this.#limits = limits;
    this.#fingerprint = { bytes: image.bytes, modifiedMs: image.metadata.modifiedMs };
    this.#pixels = { image, pyramid: new Pyramid(image.raster) };
    this.#readers = readers;
    this.#used = used;
  }

  async image(): Promise<DecodedImage> {
    return (await this.pixels()).image;
  }

  async pixels(): Promise<{ image: DecodedImage; pyramid: Pyramid }> {
    this.#loading ??= this.#pixels ? null : this.#decodeAgain();
    const pixels = this.#pixels ?? (await this.#loading!);
    this.#used(this);
    return pixels;
  }

  async #decodeAgain(): Promise<{ image: DecodedImage; pyramid: Pyramid }> {
    try {
      const image = await decodeImage({
        path: this.path,
        limits: this.#limits,
        readers: this.#readers,
      });
      if (
        image.bytes !== this.#fingerprint.bytes ||
        image.metadata.modifiedMs !== this.#fingerprint.modifiedMs
      )
        throw new HourglassError(
          'document-not-open',
          `${this.info.name} was changed on the disk after it was opened.`,
        );
      this.#pixels = { image, pyramid: new Pyramid(image.raster) };
      return this.#pixels;
    } finally {
      this.#loading = null;
    }
  }

  /** True while the file on disk is the one that was opened. */
  get isCurrent(): boolean {
    const facts = statSync(this.path, { throwIfNoEntry: false });
    return (
      facts?.size === this.#fingerprint.bytes && facts.mtimeMs === this.#fingerprint.modifiedMs
    );
  }

  /** Source or layer pixels with their pyramid. */
  async pyramid(layer: string): Promise<Pyramid> {
    if (layer === 'source') return (await this.pixels()).pyramid;
    const found = this.#layers.get(layer);
    if (!found)
      throw new HourglassError(
        'document-not-open',
        `The cleaned layer ${layer} of ${this.info.name} is gone.`,
      );
    this.#used(this);
    return found.pyramid;
  }

  async transform(layer: string): Promise<DisplayTransform> {
    const own = this.#layers.get(layer)?.transform;
    if (own) return own;
    this.#transform ??= this.pixels().then(({ image }) =>
      createDisplayTransform(image, this.#range),
    );
    return this.#transform;
  }

  layer(id: string): Layer | undefined {
    return this.#layers.get(id);
  }

  async createLayer(id: string): Promise<Layer> {
    const { image, pyramid } = await this.pixels();
    const raster: Raster = { ...image.raster, data: image.raster.data.slice() };
    this.#layers.delete(id);
    const alike = [...this.#layers.values()].filter(({ transform }) => transform === null);
    for (const { id: old } of alike.slice(0, Math.max(0, alike.length + 1 - maxLayers)))
      this.#layers.delete(old);
    return this.#keep(new DocumentLayer(id, raster, pyramid.copyOnto(raster)));
  }

  async createDrawing(id: string, raster: Raster): Promise<Layer> {
    const { image } = await this.pixels();
    const metadata = { ...image.metadata, icc: null };
    const transform = await createDisplayTransform({ raster, metadata });
    return this.#keep(new DocumentLayer(id, raster, new Pyramid(raster), transform));
  }

  #keep(layer: DocumentLayer): Layer {
    this.#layers.set(layer.id, layer);
    this.#used(this);
    return layer;
  }

  dropLayer(id: string): void {
    this.#layers.delete(id);
  }

  /** Bytes held, counting pyramids as if they were built. */
  get heldBytes(): number {
    const bytes = (raster: Raster): number => raster.data.byteLength + pyramidBytes(raster);
    let sum = this.#pixels ? bytes(this.#pixels.image.raster) : 0;
    for (const layer of this.#layers.values()) sum += bytes(layer.raster);
    return sum;
  }

  /** Forgets everything that can be made again. */
  release(): void {
    this.#pixels = null;
    this.#layers.clear();
  }
}

/**
 * Makes the store of open documents.
 * @param options.maxBytes pixels, pyramids and layers kept; the document used last always stays
 */
export function createDocumentStore(options: {
  maxBytes: number;
  timeoutMs?: number;
  /** Of formats that libvips does not read. */
  readers?: Readers;
  /** A document was closed, or opened anew under the same id. */
  closed?: (document: OpenDocument) => void;
}): DocumentStore {
  const { readers = {}, closed = () => undefined } = options;
  const timeoutMs = options.timeoutMs ?? defaultLimits.timeoutMs;
  /** In order of use, the last used one last. */
  const documents = new Map<string, StoredDocument>();
  let serial = 0;

  const use = (document: StoredDocument): void => {
    if (documents.get(document.id) !== document) return;
    documents.delete(document.id);
    documents.set(document.id, document);
    let held = [...documents.values()].reduce((sum, one) => sum + one.heldBytes, 0);
    for (const other of documents.values()) {
      if (held <= options.maxBytes || other === document) break;
      held -= other.heldBytes;
      other.release();
    }
  };

  const get = (id: string): StoredDocument => {
    const document = documents.get(id);
    if (!document)
      throw new HourglassError('document-not-open', `There is no open document ${id}.`);
    return document;
  };

  const forget = (id: string): void => {
    const document = documents.get(id);
    documents.delete(id);
    if (document) closed(document);
  };

  return {
    async open(request) {
      const limits = { maxMegapixels: request.maxMegapixels, timeoutMs };
      const image = await decodeImage({
        path: request.path,
        limits,
        signal: request.signal,
        readers,
      });
      const id = request.document ?? `document-${(serial += 1)}`;
      const document = new StoredDocument(id, request.source, image, limits, readers, use);
      forget(id);
      documents.set(id, document);
      use(document);
      return document;
    },
    get,
    byPath: (path) =>
      [...documents.values()].find(
        (document) => resolve(document.path) === resolve(path) && document.isCurrent,
      ),
    close: forget,
    sourceImage: ({ document, path, maxMegapixels, signal }) =>
      document
        ? document.image()
        : decodeImage({ path, limits: { ...defaultLimits, maxMegapixels }, signal, readers }),
    async tile({ document: id, layer, level, column, row }) {
      const document = get(id);
      const transform = await document.transform(layer);
      const pyramid = await document.pyramid(layer);
      if (level > 0) await pyramid.ensure();
      const raster = pyramid.levels[level];
      const x = column * tileSize;
      const y = row * tileSize;
      if (!raster || column < 0 || row < 0 || x >= raster.width || y >= raster.height)
        throw new HourglassError(
          'invalid-parameter',
          `${document.info.name} has no tile ${column}, ${row} at level ${level}.`,
        );
      const width = Math.min(tileSize, raster.width - x);
      const height = Math.min(tileSize, raster.height - y);
      return { width, height, data: transform(raster, { x, y, width, height }) };
    },
    thumbnail: (path) =>
      createThumbnail({ path, limits: { ...defaultLimits, timeoutMs }, readers }),
  };
}

function describe(
  id: string,
  source: string,
  image: DecodedImage,
  range: ValueRange | null,
): DocumentInfo {
  const { raster, metadata } = image;
  const { camera, iso } = metadata;
  return {
    document: id,
    source,
    name: basename(image.path),
    bytes: image.bytes,
    format: image.format,
    width: raster.width,
    height: raster.height,
    channels: raster.channels,
    hasAlpha: raster.hasAlpha,
    sampleType: raster.sampleType,
    profileName: metadata.profileName,
    levels: levelSizes(raster).length,
    tileSize,
    capturedWith:
      camera === null && iso === null
        ? null
        : [camera, iso === null ? null : `ISO ${iso}`].filter(Boolean).join(', '),
    iso,
    notices: [...image.notices, ...(range ? [rangeNotice(range, raster.sampleType)] : [])],
  };
}

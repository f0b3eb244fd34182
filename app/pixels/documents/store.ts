/**
 * The open documents of the engine: which there are, what pages show of them, and tiles of them for the
 * screen. The one place that knows whether a layer is there: what goes is told at once. One document is
 * `open-document.ts`, how much stays in memory `memory.ts`; thumbnails are in `thumbnail.ts`.
 */
import { resolve } from 'node:path';
import { allowedBy, HourglassError, type HourglassEvent } from '../../contract/index.ts';
import { decodeImage, defaultLimits } from '../decode.ts';
import type { Readers } from '../readers.ts';
import { createCameraPreview } from '../camera-preview.ts';
import { readMetadata } from '../metadata-only.ts';
import { createThumbnail, smallPicture } from '../thumbnail.ts';
import type { DocumentStore, OpenDocument } from '../types.ts';
import { DocumentMemory, type MemoryLimits } from './memory.ts';
import { StoredDocument, tileSize, type DocumentHome } from './open-document.ts';
import { say } from './sentences.ts';

export interface DocumentStoreOptions extends MemoryLimits {
  readonly timeoutMs?: number;
  /** Hears of every layer, and every document, that can not be had any more. */
  readonly emit?: (
    event: Extract<HourglassEvent, { type: 'layer-gone' | 'document-gone' }>,
  ) => void;
  /** Of formats that libvips does not read. */
  readonly readers?: Readers;
  /** A document was closed, opened anew under the same id, or is of no use any more. */
  readonly closed?: (document: OpenDocument) => void;
}

/** What a page shows. */
interface Lease {
  readonly document: StoredDocument;
  readonly layers: ReadonlySet<string>;
}

/** Makes the store of open documents. */
export function createDocumentStore(options: DocumentStoreOptions): DocumentStore {
  const { readers = {} } = options;
  const timeoutMs = options.timeoutMs ?? defaultLimits.timeoutMs;
  const emit = options.emit ?? (() => undefined);
  const memory = new DocumentMemory(options);
  const documents = new Map<string, StoredDocument>();
  /** By page. */
  const leases = new Map<string, Lease>();
  let serial = 0;

  const home: DocumentHome = {
    memory,
    shows(document, layer) {
      for (const lease of leases.values())
        if (lease.document.id === document && (layer === undefined || lease.layers.has(layer)))
          return true;
      return false;
    },
    layerGone: (document, layer, reason) => emit({ type: 'layer-gone', document, layer, reason }),
    changed(document, { code, message, hint }) {
      endLeases(document);
      emit({ type: 'document-gone', document: document.id, error: { code, message, hint } });
      options.closed?.(document);
    },
  };

  const endLeases = (document: StoredDocument): void => {
    for (const [page, lease] of leases) if (lease.document === document) leases.delete(page);
  };

  const close = (id: string): void => {
    const document = documents.get(id);
    if (!document) return;
    documents.delete(id);
    endLeases(document);
    const wasClosed = document.closed;
    document.close();
    if (!wasClosed) options.closed?.(document);
  };

  /** True where another page of the same files is open: who turns pages asks for all of them every time. */
  const isBeside = (files: readonly string[] = []): boolean =>
    files.length > 1 &&
    [...documents.values()].some(
      ({ closed, files: { paths } }) =>
        !closed && paths.length === files.length && paths[0] === files[0],
    );

  const get = (id: string): StoredDocument => {
    const document = documents.get(id);
    if (!document) throw new HourglassError('document-not-open', say('notOpen', { id }));
    return document;
  };

  return {
    async open(request) {
      const limits = { maxMegapixels: request.maxMegapixels, timeoutMs, ...allowedBy(request) };
      const image = await decodeImage({
        path: request.path,
        files: request.files,
        page: request.page,
        plane: request.plane,
        told: request.told,
        recent: isBeside(request.files),
        limits,
        signal: request.signal,
        readers,
      });
      const id = request.document ?? `document-${(serial += 1)}`;
      close(id);
      const document = new StoredDocument(
        { id, source: request.source, page: request.page ?? 0, limits, readers },
        image,
        home,
      );
      documents.set(id, document);
      memory.use(document.source);
      return document;
    },
    get,
    byPath: (path, page = 0) =>
      [...documents.values()].find(
        (document) =>
          resolve(document.path) === resolve(path) &&
          document.page === page &&
          document.info.plane === undefined &&
          document.files.areCurrent,
      ),
    close,
    sourceImage: ({ document, maxMegapixels, ...request }) =>
      document
        ? document.image(request.frame)
        : decodeImage({
            ...request,
            limits: { ...defaultLimits, maxMegapixels, ...allowedBy(request) },
            readers,
          }),
    lease({ page, document: id, layers }) {
      leases.delete(page);
      if (id === undefined) {
        memory.received();
        return { missing: [] };
      }
      const document = get(id);
      document.files.check();
      const beside = memory.pinnedBytes;
      const present = document.present(layers);
      leases.set(page, { document, layers: new Set(layers) });
      try {
        memory.expect(
          memory.pinnedBytes - beside,
          beside,
          say('shownOf', { name: document.info.name }),
        );
        for (const holding of [document.source, ...present]) memory.use(holding);
      } catch (error) {
        leases.delete(page);
        throw error;
      } finally {
        memory.received();
      }
      const there = new Set(present.map((layer) => layer.id));
      return { missing: layers.filter((layer) => !there.has(layer)) };
    },
    async tile({ document: id, layer, level, column, row, frame, bits = 8 }) {
      const document = get(id);
      const cut = await document.cutter(layer, bits);
      const pyramid = await document.pyramid(layer, frame);
      if (level > 0) await pyramid.ensure();
      const raster = pyramid.levels[level];
      const x = column * tileSize;
      const y = row * tileSize;
      if (!raster || column < 0 || row < 0 || x >= raster.width || y >= raster.height)
        throw new HourglassError(
          'invalid-parameter',
          say('noTile', { name: document.info.name, column, row, level }),
        );
      const width = Math.min(tileSize, raster.width - x);
      const height = Math.min(tileSize, raster.height - y);
      return { width, height, ...cut(raster, { x, y, width, height }) };
    },
    thumbnail: (path, signal) =>
      createThumbnail({ path, limits: { ...defaultLimits, timeoutMs }, readers, signal }),
    smallPicture: (path, maxMegapixels, signal, side) =>
      smallPicture(
        {
          ...{ path, readers, signal },
          limits: { ...defaultLimits, timeoutMs, maxMegapixels },
        },
        side,
      ),
    metadata: (path, maxMegapixels, signal) =>
      readMetadata({
        ...{ path, readers, signal },
        limits: { ...defaultLimits, timeoutMs, maxMegapixels },
      }),
    cameraPreview: (path) =>
      createCameraPreview({ path, limits: { ...defaultLimits, timeoutMs }, readers }),
  };
}

/**
 * Serves the viewer alone (renderer/viewer/harness) with computed tiles, so that its tests know the
 * value of every pixel. Images: `coordinates`, 12,000 × 8,400, whose colours encode the position;
 * `small`; `even`, of one colour; `alpha`; `slow` and `broken` for the states in between; `scan`, whose tiles are codes of 16 bits,
 * beside `scan-8`, the same in 8 bits; and `photo` when a pair of files is given to look at.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { build } from 'vite';
import { levelInRange } from '../../app/contract/levels.ts';
import { repositoryRoot } from '../data.ts';

const TILE = 512;

export interface HarnessRequest {
  readonly document: string;
  readonly layer: string;
  readonly level: number;
  readonly column: number;
  readonly row: number;
  readonly version: number;
  readonly bits: number;
}

type Colour = readonly [red: number, green: number, blue: number];

interface HarnessImage {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  readonly levels: number;
  readonly pixel: Pixel;
  /** Of a scan: the stored value that is shown as white, and how codes are read where there are any. */
  readonly white?: number;
  readonly codes?: { readonly origin: number; readonly step: number };
}

/** Writes the colour of one level pixel: called a quarter of a million times per tile. */
type Pixel = (
  out: Uint8Array,
  offset: number,
  at: { readonly layer: string; readonly level: number; readonly version: number },
  x: number,
  y: number,
) => void;

/**
 * The original at level pixel (x, y). Position modulo 200 in red and green, the block in blue; away from
 * 0 and 255, so that the residual of the cleaned layer never saturates.
 */
export const sourceColour = (level: number, x: number, y: number): Colour => [
  28 + (x % 200),
  28 + (y % 200),
  blueOf(level, x, y),
];

const blueOf = (level: number, x: number, y: number): number =>
  20 + ((((x / 200) | 0) * 7 + ((y / 200) | 0) * 13 + level * 5) % 200);

/** What the cleaned layers differ by: known, so that the residual is. */
export const REMOVED = { red: 5, green: -3, blue: 0 } as const;

const coordinates: Pixel = (out, offset, { layer, level, version }, x, y) => {
  const clean = layer === 'source' ? 0 : 1;
  out[offset] = 28 + (x % 200) - clean * REMOVED.red;
  out[offset + 1] = 28 + (y % 200) - clean * REMOVED.green;
  // Later versions are told by blue.
  out[offset + 2] = blueOf(level, x, y) + clean * (version - 1) * 17;
  out[offset + 3] = 255;
};

const levelsFor = (width: number, height: number): number =>
  Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / TILE))) + 1;

const image = (
  id: string,
  width: number,
  height: number,
  pixel: Pixel = coordinates,
  hasAlpha = false,
): HarnessImage => ({ id, width, height, hasAlpha, levels: levelsFor(width, height), pixel });

const SCAN_WHITE = 4095;
/** Codes begin below black and are finer than stored values, as those of floats are. */
const SCAN_CODES = { origin: -200, step: 0.25 };

/** Stored value of the scans: noise of 12 bits, and beyond. The cleaned layer lies a little lower. */
export const scanValue = (layer: string, level: number, x: number, y: number): number => {
  const mixed = Math.imul(x * 7919 + y * 104_729 + level * 31, 2_654_435_761) >>> 0;
  return (mixed % 5000) - 50 - (layer === 'source' ? 0 : 70);
};

const scanLevel = levelInRange({ low: 0, high: SCAN_WHITE });

const scanInEight: Pixel = (out, offset, { layer, level }, x, y) => {
  const shown = scanLevel(scanValue(layer, level, x, y));
  out.set([shown, shown, shown, 255], offset);
};

/** Of the image `even`. */
export const EVEN: Colour = [200, 180, 160];
const even: Pixel = (out, offset) => out.set([...EVEN, 255], offset);

const halfTransparent: Pixel = (out, offset, { level }, x, y) => {
  const solid = (x * 2 ** level) % 64 < 32;
  out.set([200, 40, 40, solid ? 255 : y * 2 ** level < 100 ? 0 : 128], offset);
};

/** A real pair (noisy, cleaned) as an image to look at; enlarged by mirroring. */
async function photoImage(noisy: string, clean: string): Promise<HarnessImage> {
  const read = async (path: string) =>
    sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const layers = { source: await read(noisy), clean: await read(clean) };
  const { width, height } = layers.source.info;
  const mirror = (at: number, size: number): number => {
    const turn = at % (2 * size);
    return turn < size ? turn : 2 * size - 1 - turn;
  };
  return image('photo', width * 3, height * 3, (out, offset, { layer, level }, x, y) => {
    const data = layer === 'source' ? layers.source.data : layers.clean.data;
    const step = 2 ** level;
    const sum = [0, 0, 0, 0];
    for (let down = 0; down < step; down++)
      for (let right = 0; right < step; right++) {
        const column = mirror(x * step + right, width);
        const at = (mirror(y * step + down, height) * width + column) * 4;
        for (let channel = 0; channel < 4; channel++) sum[channel]! += data[at + channel]!;
      }
    for (let channel = 0; channel < 4; channel++)
      out[offset + channel] = Math.round(sum[channel]! / step / step);
  });
}

export interface ViewerHarness {
  readonly url: string;
  /** Tiles asked for since the start, or since it was emptied. */
  readonly requests: HarnessRequest[];
  /** Tiles of `broken` fail while this is true. */
  failing: boolean;
  close(): Promise<void>;
}

/** @param photo a noisy and a cleaned file of one size, served as the image `photo` */
export async function startViewerHarness(photo?: {
  readonly noisy: string;
  readonly clean: string;
}): Promise<ViewerHarness> {
  const images = [
    image('coordinates', 12_000, 8_400),
    image('sibling', 12_000, 8_400),
    image('small', 301, 203),
    image('even', 5_000, 4_000, even),
    image('alpha', 640, 480, halfTransparent, true),
    { ...image('scan', 700, 500, scanInEight), white: SCAN_WHITE, codes: SCAN_CODES },
    { ...image('scan-8', 700, 500, scanInEight), white: SCAN_WHITE },
    image('slow', 3000, 2000),
    image('broken', 3000, 2000),
    ...(photo ? [await photoImage(photo.noisy, photo.clean)] : []),
  ];
  const requests: HarnessRequest[] = [];
  const page = await buildPage();
  const harness = { failing: true };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/images') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(images.map(({ pixel: _pixel, ...about }) => about)));
      return;
    }
    if (url.pathname.startsWith('/tiles/')) {
      void serveTile(url, images, requests, harness, response);
      return;
    }
    const file = page.get(url.pathname === '/' ? 'index.html' : url.pathname.slice(1));
    const [content = 'Not found', type = 'text/plain'] = file ?? [];
    response.writeHead(file ? 200 : 404, { 'Content-Type': type });
    response.end(content);
  };
  const server = createHttpServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(harness, {
    url: `http://127.0.0.1:${port}/`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

const contentTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** The harness page, built in memory: name of the file -> content and type. */
async function buildPage(): Promise<Map<string, [content: string | Uint8Array, type: string]>> {
  const built = await build({
    root: join(repositoryRoot, 'renderer/viewer/harness'),
    configFile: false,
    logLevel: 'error',
    plugins: [svelte({ configFile: false })],
    build: { write: false, minify: false, target: 'esnext', modulePreload: false },
  });
  if (!('output' in built)) throw new Error('Vite did not return one built page.');
  return new Map(
    built.output.map((file) => [
      file.fileName,
      [
        file.type === 'chunk' ? file.code : file.source,
        contentTypes[file.fileName.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      ],
    ]),
  );
}

async function serveTile(
  url: URL,
  images: readonly HarnessImage[],
  requests: HarnessRequest[],
  harness: { readonly failing: boolean },
  response: ServerResponse,
): Promise<void> {
  const [, , document = '', layer = '', ...place] = url.pathname.split('/').map(decodeURIComponent);
  const [level = 0, column = 0, row = 0] = place.map(Number);
  const version = Number(url.searchParams.get('v'));
  const found = images.find((candidate) => candidate.id === document);
  const bits = Number(url.searchParams.get('bits') ?? 8);
  requests.push({ document, layer, level, column, row, version, bits });
  if (document === 'slow') await new Promise((resolve) => setTimeout(resolve, 900));
  if (!found || (document === 'broken' && harness.failing)) {
    response.writeHead(404, { 'Content-Type': 'application/json' });
    const message = `The document ${document} is not open any more.`;
    response.end(
      JSON.stringify({
        error: { code: 'document-not-open', message, hint: 'Open the file again.' },
      }),
    );
    return;
  }
  const at = { level, column, row, version };
  const coded = found.codes && bits === 16 && layer !== 'drawing';
  const tile = coded ? codesOf(found, layer, at) : tileOf(found, layer, at);
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'X-Width': tile.width,
    'X-Height': tile.height,
    'X-Bits': coded ? 16 : 8,
  });
  response.end(tile.pixels);
}

interface TilePlace {
  readonly level: number;
  readonly column: number;
  readonly row: number;
  readonly version: number;
}

const extentOf = (from: HarnessImage, { level, column, row }: TilePlace) => ({
  width: Math.min(TILE, Math.ceil(from.width / 2 ** level) - column * TILE),
  height: Math.min(TILE, Math.ceil(from.height / 2 ** level) - row * TILE),
});

function codesOf(
  from: HarnessImage,
  layer: string,
  at: TilePlace,
): { width: number; height: number; pixels: Uint8Array } {
  const { width, height } = extentOf(from, at);
  const codes = new Uint16Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = scanValue(layer, at.level, at.column * TILE + x, at.row * TILE + y);
      codes[y * width + x] = (value - SCAN_CODES.origin) / SCAN_CODES.step;
    }
  return { width, height, pixels: new Uint8Array(codes.buffer) };
}

function tileOf(
  from: HarnessImage,
  layer: string,
  at: TilePlace,
): { width: number; height: number; pixels: Uint8Array } {
  const { width, height } = extentOf(from, at);
  const about = { layer, level: at.level, version: at.version };
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      from.pixel(pixels, (y * width + x) * 4, about, at.column * TILE + x, at.row * TILE + y);
  return { width, height, pixels };
}

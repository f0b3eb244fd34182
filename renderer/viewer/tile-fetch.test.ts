import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { fetchTile } from './tile-fetch.ts';

const pyramid = { width: 700, height: 300, levels: 2, tileSize: 512 };
const address = {
  document: 'd 1',
  layer: 'source',
  pyramid,
  place: { level: 0, column: 1, row: 0 },
  version: 7,
  bits: 8,
} as const;
const closing: (() => void)[] = [];

/** A real server, and a fetch that resolves addresses against it as the page would. */
async function serve(listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const real = globalThis.fetch;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) =>
    real(new URL(path, `http://127.0.0.1:${port}/`), init),
  );
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
}
afterEach(() => {
  vi.unstubAllGlobals();
  for (const close of closing.splice(0)) close();
});

const fetched = () => fetchTile(address, new AbortController().signal);

it('returns the bytes of an edge tile from the contract’s address', async () => {
  let asked = '';
  await serve((request, response) => {
    asked = request.url ?? '';
    response.writeHead(200, { 'X-Width': 188, 'X-Height': 300 });
    response.end(Buffer.alloc(188 * 300 * 4, 9));
  });
  const tile = await fetched();
  expect(asked).toBe('/tiles/d%201/source/0/1/0?v=7');
  expect([tile.width, tile.height, tile.pixels?.length]).toEqual([188, 300, 225_600]);
});

it('asks for 16 bits where it may, and takes what the layer has', async () => {
  let asked = '';
  let bits = 16;
  await serve((request, response) => {
    asked = request.url ?? '';
    response.writeHead(200, { 'X-Width': 188, 'X-Height': 300, 'X-Bits': bits });
    const values = Uint16Array.from({ length: 188 * 300 }, (_, at) => at + 9000);
    response.end(bits === 16 ? Buffer.from(values.buffer) : Buffer.alloc(188 * 300 * 4, 9));
  });
  const sixteen = { ...address, bits: 16 } as const;
  const coded = await fetchTile(sixteen, new AbortController().signal);
  expect(asked).toBe('/tiles/d%201/source/0/1/0?v=7&bits=16');
  expect(coded.pixels).toBeUndefined();
  expect([coded.codes?.length, coded.codes?.[1], coded.codes?.[56_000]]).toEqual([
    56_400, 9001, 65_000,
  ]);
  bits = 8;
  const drawing = await fetchTile(sixteen, new AbortController().signal);
  expect([drawing.pixels?.length, drawing.codes]).toEqual([225_600, undefined]);
});

it('refuses an answer that is not this tile', async () => {
  await serve((_request, response) => response.end(Buffer.alloc(100)));
  await expect(fetched()).rejects.toThrow(
    'Tile 0/1/0 of source is 188 × 300 in 100 bytes; expected 188 × 300 with 4 bytes a pixel.',
  );
});

it('passes the host’s words on', async () => {
  await serve((_request, response) => {
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end(
      '{"error":{"code":"document-not-open","message":"a.jpg is not open.","hint":"Open it."}}',
    );
  });
  await expect(fetched()).rejects.toMatchObject({
    code: 'document-not-open',
    message: 'a.jpg is not open.',
    hint: 'Open it.',
  });
});

it('has words of its own where the host sent none', async () => {
  await serve((_request, response) => response.writeHead(500).end('oops'));
  await expect(fetched()).rejects.toMatchObject({
    code: 'internal',
    message: 'The picture’s tiles could not be read (answer 500).',
  });
});

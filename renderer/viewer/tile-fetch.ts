/** Fetches the bytes of one tile from the host and checks that they are what was asked for. */
import { tilePath, type TileBits } from '../../app/contract/bridge.ts';
import { HourglassError, errorCatalogue, type ErrorCode } from '../../app/contract/errors.ts';
import { tileExtent, type Pyramid, type Size, type TilePlace } from './geometry.ts';
import { say } from './sentences.ts';

export type TileBytes = Size &
  (
    | {
        /** RGBA, 8 bits, sRGB, straight alpha, row-major. */
        readonly pixels: Uint8Array<ArrayBuffer>;
        readonly codes?: never;
      }
    | {
        /** One a pixel, row-major; a table says its level. */
        readonly codes: Uint16Array<ArrayBuffer>;
        readonly pixels?: never;
      }
  );

export interface TileAddress {
  readonly document: string;
  readonly layer: string;
  readonly pyramid: Pyramid;
  readonly place: TilePlace;
  readonly version: number;
  /** What is asked for; the host sends 8 bits where a layer has no more. */
  readonly bits: TileBits;
}

/**
 * @throws HourglassError as the host worded it, or `internal` when the answer is not this tile
 * @throws AbortError when the signal fires
 */
export async function fetchTile(address: TileAddress, signal: AbortSignal): Promise<TileBytes> {
  const { document, layer, place, version, bits } = address;
  const { level, column, row } = place;
  const path = tilePath({ document, layer, level, column, row, version, bits });
  // Kept in memory only: a browser would write the pictures to its disk cache, and hand out unfinished
  // tiles of an earlier page.
  const response = await fetch(path, { signal, cache: 'no-store' });
  if (!response.ok) throw await refusal(response);
  const expected = tileExtent(address.pyramid, place);
  const width = numberHeader(response, 'X-Width') ?? expected.width;
  const height = numberHeader(response, 'X-Height') ?? expected.height;
  const coded = numberHeader(response, 'X-Bits') === 16;
  const bytes = coded ? 2 : 4;
  const buffer = await response.arrayBuffer();
  if (
    width !== expected.width ||
    height !== expected.height ||
    buffer.byteLength !== width * height * bytes
  )
    throw new HourglassError(
      'internal',
      say('tileInBytesExpectedWith', {
        level,
        column,
        row,
        layer,
        width,
        height,
        byteLength: buffer.byteLength,
        expectedWidth: expected.width,
        expectedHeight: expected.height,
        bytes,
      }),
    );
  // Little-endian, as every machine is that a browser runs on.
  if (coded) return { codes: new Uint16Array(buffer), width, height };
  return { pixels: new Uint8Array(buffer), width, height };
}

const numberHeader = (response: Response, name: string): number | null => {
  const value = Number(response.headers.get(name) ?? NaN);
  return Number.isInteger(value) && value > 0 ? value : null;
};

/** The host's own words where it sent some. */
async function refusal(response: Response): Promise<HourglassError> {
  const body: unknown = await response.json().catch(() => null);
  const sent = isRecord(body) && isRecord(body.error) ? body.error : body;
  if (isRecord(sent) && typeof sent.message === 'string' && isCode(sent.code))
    return new HourglassError(
      sent.code,
      sent.message,
      typeof sent.hint === 'string' ? { hint: sent.hint } : {},
    );
  return new HourglassError(
    'internal',
    say('picturesTilesCouldNotRead', { status: response.status }),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(errorCatalogue, value);

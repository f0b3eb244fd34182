/**
 * The scheme `hourglass://app/`: the files of the page, tiles and thumbnails, by the same addresses
 * as in the browser host (`app/contract/bridge.ts`) and with the same headers.
 */
import { protocol, type Session } from 'electron';
import { HourglassError, toHourglassError } from '../../contract/index.ts';
import type { PageDoor } from '../shared/page-door.ts';
import type { PageFiles } from '../shared/page-files.ts';
import { securityHeaders } from '../shared/page-headers.ts';
import { isOurAddress, scheme } from './address.ts';
import { say } from './sentences.ts';

export interface ProtocolOptions {
  readonly door: PageDoor;
  readonly pageFiles: PageFiles;
  readonly log: (line: string) => void;
}

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ]);
}

export function serveScheme(session: Session, options: ProtocolOptions): void {
  session.protocol.handle(scheme, async (request) => {
    try {
      return withHeaders(await answer(request, options));
    } catch (thrown) {
      const error = toHourglassError(thrown);
      options.log(`Refused ${JSON.stringify(request.url.slice(0, 200))}. ${error.message}`);
      const status = error.code === 'not-allowed' ? 403 : 404;
      return withHeaders(Response.json({ error: error.toJSON() }, { status }));
    }
  });
}

async function answer(request: Request, { door, pageFiles }: ProtocolOptions): Promise<Response> {
  if (!isOurAddress(request.url) || request.method !== 'GET')
    throw new HourglassError('not-allowed', say('addressNotAllowed'));
  const { pathname, searchParams } = new URL(request.url);
  const path = pathname.slice(1);
  const [kind, ...parts] = path.split('/').map(decode);
  if (kind === 'tiles' && parts.length === 5) {
    const [document, layer, level, column, row] = parts;
    const { bits, frame } = Object.fromEntries(searchParams);
    const address = { document, layer, level, column, row, bits, frame };
    const tile = await door.tile(address, request.signal);
    return new Response(tile.data as Uint8Array<ArrayBuffer>, {
      headers: {
        'content-type': 'application/octet-stream',
        'x-width': String(tile.width),
        'x-height': String(tile.height),
        'x-bits': String(tile.bits),
      },
    });
  }
  if (kind === 'thumbnails' && parts.length === 1) {
    const png = await door.thumbnail(parts[0] ?? '', request.signal);
    return new Response(png as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': 'image/png' },
    });
  }
  if (kind === 'camera-previews' && parts.length === 1) {
    const jpeg = await door.cameraPreview(parts[0] ?? '', request.signal);
    // Many files hold none, which is no failure.
    if (!jpeg) return new Response(null, { status: 204 });
    return new Response(jpeg as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': 'image/jpeg' },
    });
  }
  const file = await pageFiles.read(path);
  if (!file) throw new HourglassError('file-not-found', say('thereNothingAtAddress'));
  return new Response(file.body, { headers: { 'content-type': file.type } });
}

/** @throws HourglassError not-allowed: the address is no valid text */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HourglassError('not-allowed', say('addressMalformed'));
  }
}

function withHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  // The page's own caches are bounded; Chromium's would keep every tile a second time.
  response.headers.set('cache-control', 'no-store');
  return response;
}

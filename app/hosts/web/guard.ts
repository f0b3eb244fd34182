/**
 * Who may talk to the browser host. The server listens on the loopback only, but every page in every
 * browser of this machine can reach that; so each request must carry the token in its address, name
 * this server as its host (against DNS rebinding), and come from our own page or from the person's
 * own hand (Origin and Sec-Fetch-Site, which a foreign page can not forge).
 */
import { createHash, timingSafeEqual } from 'node:crypto';

export interface RequestFacts {
  /** Path of the address, undecoded, beginning with `/`. */
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** Why a request is refused, as a sentence for the log, or null. Never contains the token. */
export function refusal(
  request: RequestFacts,
  server: { token: string; port: number },
): string | null {
  const hosts = [`127.0.0.1:${server.port}`, `localhost:${server.port}`];
  if (request.host === undefined || !hosts.includes(request.host.toLowerCase()))
    return `The Host header ${quoted(request.host)} does not name this server.`;
  if (request.origin !== undefined && request.origin !== `http://${request.host.toLowerCase()}`)
    return `The origin ${quoted(request.origin)} is not this page.`;
  // Absent: not a browser, or an old one. `none`: typed, bookmarked, or opened by another program.
  if (![undefined, 'same-origin', 'none'].includes(request.fetchSite))
    return `The request was made by another site (Sec-Fetch-Site ${quoted(request.fetchSite)}).`;
  const given = request.path.split('/')[1] ?? '';
  if (!equalSecrets(given, server.token)) return 'The token in the address is missing or wrong.';
  return null;
}

/** Equal time whatever differs: digests have one length, and are compared in constant time. */
function equalSecrets(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** As it may stand in a log line: JSON escapes control characters; no more than 100 characters. */
const quoted = (text: string | undefined): string =>
  text === undefined ? '(none)' : JSON.stringify(text.slice(0, 100));

/**
 * Who may talk to the browser host. The server listens on the loopback only, but every page in every
 * browser of this machine can reach that; so each request must carry the token in its address (or, once,
 * a launch code, which is answered with the token), name this server as its host (against DNS rebinding),
 * and come from our own page or from the person's own hand (Origin and Sec-Fetch-Site, which a foreign
 * page can not forge).
 */
import { equalSecrets } from '../shared/secrets.ts';
import { say } from './sentences.ts';

export interface RequestFacts {
  readonly method: string;
  /** Path of the address, undecoded, beginning with `/`. */
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** Where a launch code is exchanged for the session: `/launch/<code>`. */
export const launchFolder = 'launch';

export interface GuardedServer {
  readonly token: string;
  readonly port: number;
  /** True once for each code that was given out. */
  readonly redeem: (code: string) => boolean;
}

/** Why a request is refused, as a sentence for the log, or null. Never contains a secret. */
export function refusal(request: RequestFacts, server: GuardedServer): string | null {
  const hosts = [`127.0.0.1:${server.port}`, `localhost:${server.port}`];
  if (request.host === undefined || !hosts.includes(request.host.toLowerCase()))
    return say('hostHeaderDoesNotName', { host: quoted(request.host) });
  if (request.origin !== undefined && request.origin !== `http://${request.host.toLowerCase()}`)
    return say('originNotPage', { origin: quoted(request.origin) });
  // Absent: not a browser, or an old one. `none`: typed, bookmarked, or opened by another program.
  if (![undefined, 'same-origin', 'none'].includes(request.fetchSite))
    return say('requestMadeByAnotherSite', { fetchSite: quoted(request.fetchSite) });
  const [, given = '', code = '', ...more] = request.path.split('/');
  // Last, so that a request that is refused for another reason uses up no code; and by GET only, so that
  // a look at the headers does not either.
  if (given === launchFolder)
    return request.method === 'GET' && more.length === 0 && server.redeem(code)
      ? null
      : say('launchCodeUnknownUsedAlready');
  if (!equalSecrets(given, server.token)) return say('tokenInAddressMissingOr');
  return null;
}

/** As it may stand in a log line: JSON escapes control characters; no more than 100 characters. */
const quoted = (text: string | undefined): string =>
  text === undefined ? '(none)' : JSON.stringify(text.slice(0, 100));

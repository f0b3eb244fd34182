/** Where an archive is, and what lets one in: as a person writes both. What is sent there is `app/scans/stow.ts`. */
import { HourglassError } from './errors.ts';
import { say } from './sentences.ts';

/**
 * @param address of the DICOMweb service, with or without /studies at its end
 * @returns where instances are posted to
 * @throws HourglassError invalid-parameter: no address, of another kind, or with a password in it
 */
export function archiveUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  // What was typed may have a password in it: it is not repeated.
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.username ||
    url.password ||
    url.search ||
    url.hash
  )
    throw new HourglassError('invalid-parameter', say('archiveAddress'), {
      details: { name: 'to' },
    });
  if (!/\/studies(\/[\d.]+)?\/?$/.test(url.pathname))
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/studies`;
  return url;
}

/**
 * @param text whose first line is the token, or a scheme and what belongs to it
 * @param name of what it comes from, for the sentence
 * @throws HourglassError invalid-parameter: it is empty, or can not stand in a header; without the token
 */
export function tokenIn(text: string, name: string): string {
  const token = text.split(/\r?\n/, 1)[0]!.trim();
  if (!/^[\x21-\x7e]+( [\x21-\x7e]+)?$/.test(token))
    throw new HourglassError('invalid-parameter', say('archiveToken', { name }), {
      details: { name },
    });
  return token;
}

/** Another machine could read along. */
export const isInTheOpen = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !/^(localhost|127\..*|\[::1\])$/.test(hostname);

/** The address of the window's page. Who may load what from it is `protocol.ts` and `security.ts`. */

export const scheme = 'hourglass';
export const pageHost = 'app';
export const pageAddress = `${scheme}://${pageHost}/`;

/** True for addresses of our own page and its data. */
export function isOurAddress(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  return (
    url !== null &&
    url.protocol === `${scheme}:` &&
    url.host === pageHost &&
    url.username === '' &&
    url.password === ''
  );
}

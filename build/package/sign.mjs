// Signs what is announced of a release: `latest*.yml` of electron-builder, which hold the checksums of its installers.
import { createPrivateKey, sign } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * @param {string} folder and what is below it
 * @param {string} keyFile PEM of an Ed25519 private key
 * @returns {string[]} the signatures that were written
 * @throws Error there is nothing to sign
 */
export function signAnnouncements(folder, keyFile) {
  const key = createPrivateKey(readFileSync(keyFile));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`Expected a private key of Ed25519 in ${keyFile}.`);
  const found = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => /^latest[a-z0-9-]*\.yml$/.test(basename(path)));
  if (found.length === 0) throw new Error(`There is no latest*.yml in ${folder}.`);
  return found.map((path) => {
    // With its name, so that what is announced for one system is not taken for another (`app/hosts/electron/updates/updater.ts`).
    const bytes = Buffer.concat([Buffer.from(`${basename(path)}\n`), readFileSync(path)]);
    writeFileSync(`${path}.sig`, sign(null, bytes, key).toString('base64'));
    return `${path}.sig`;
  });
}

/**
 * What can be wrong with a latent file, in words: no latent file, made by a newer Hourglass, damaged,
 * too large, or in need of another network. Three different things get three different codes.
 */
import { createHash } from 'node:crypto';
import { HourglassError } from '../../contract/index.ts';
import { Malformed } from './bytes.ts';
import type { LatentModel } from './types.ts';
import { say } from './sentences.ts';

export const notLatent = (name: string): HourglassError =>
  new HourglassError('not-an-image', say('notLatentFileDoesNot', { name }), {
    hint: say('checkRightFileAndNot'),
  });

export const madeByNewer = (name: string, what: string): HourglassError =>
  new HourglassError('unsupported-image', say('madeByNewerHourglassOne', { name, what }), {
    hint: say('updateHourglassToOpen'),
  });

/** @param details for example `{ tile: 3 }` */
export const damaged = (
  name: string,
  what: string,
  details?: Record<string, unknown>,
): HourglassError =>
  new HourglassError('damaged-image', say('damaged', { name, what }), {
    ...(details ? { details } : {}),
  });

/** Runs a parser over checked or unchecked bytes and names the file and the part in what it throws. */
export function parsing<T>(name: string, part: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Malformed) throw damaged(name, `${part} ${error.message}`);
    throw error;
  }
}

/** Bytes of the fingerprint that a file stores. 128 bits: nobody meets an equal one by chance. */
export const fingerprintBytes = 16;

/**
 * What decoding depends on, in one number: SHA-256 over the SHA-256 of `entropy.bin` followed by that of
 * `synthesis.onnx` (32 bytes each). A card holds both, so no file needs to be read.
 * @param sha256 of the parts, 64 hex digits each @returns the first 16 bytes as 32 hex digits
 */
export const decoderFingerprint = (sha256: { entropy: string; synthesis: string }): string =>
  createHash('sha256')
    .update(Buffer.from(sha256.entropy, 'hex'))
    .update(Buffer.from(sha256.synthesis, 'hex'))
    .digest('hex')
    .slice(0, fingerprintBytes * 2);

/** Numbers of two versions "1.2.3", compared one by one. */
function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) =>
    version.split('.').map((part) => parseInt(part, 10) || 0),
  );
  for (let i = 0; i < Math.max(a!.length, b!.length); i++) {
    const difference = (a![i] ?? 0) - (b![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Finds the network that a file needs among the installed ones.
 * @throws HourglassError model-not-found: not here, or here in another version;
 *   model-unsuitable: here, but with other weights under the same version
 */
export function requireModel<T extends LatentModel>(
  name: string,
  wanted: LatentModel,
  installed: readonly T[],
): T {
  const named = installed.filter(({ id }) => id === wanted.id);
  // One that was added anew may have another id: what counts are its weights.
  const match = [...named, ...installed].find(
    ({ fingerprint }) => fingerprint === wanted.fingerprint,
  );
  if (match) return match;
  const needs = `${wanted.id} ${wanted.version}`;
  const details = { ...wanted };
  const here = named[0];
  if (!here)
    throw new HourglassError(
      'model-not-found',
      say('needsNetworkWhichNotInstalled', { name, needs }),
      { hint: say('updateHourglassOrInstallNetwork'), details },
    );
  if (here.version === wanted.version)
    throw new HourglassError(
      'model-unsuitable',
      say('needsNetworkWithFingerprintOne', {
        name,
        needs,
        fingerprint: wanted.fingerprint,
        installed: here.fingerprint,
      }),
      { hint: say('installHourglassAgainOrNetwork'), details },
    );
  const newer = compareVersions(wanted.version, here.version) > 0;
  throw new HourglassError(
    'model-not-found',
    newer
      ? say('madeByNewerHourglassNeeds', { name, needs, version: here.version })
      : say('needsNetworkAndOnlyInstalled', { name, needs, version: here.version }),
    {
      hint: newer
        ? say('updateHourglassToOpen')
        : say('installVersionNetworkBeside', { version: wanted.version }),
      details,
    },
  );
}

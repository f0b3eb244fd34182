/**
 * How this copy of the program came to where it is, and so whether it can bring itself up to date: only what an installer of ours or an
 * AppImage brought can be replaced by the program itself, and only where whoever published it said where to ask and with which key.
 * Nothing here speaks to a network.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';

/** Where newer versions are announced. */
export interface Feed {
  /** Ends with a slash. */
  readonly address: URL;
  /** Ed25519; what the address says is believed only if it is signed with it. */
  readonly key: KeyObject;
}

export type UpdateWay =
  | { readonly kind: 'feed'; readonly feed: Feed }
  /**
   * `checkout`: no package at all; `system`: a package of the system's; `elsewhere`: a folder, or a file that is run where it lies; `no-address`: the
   * publisher named none; `unusable`: what was named can not be used.
   */
  | { readonly kind: 'checkout' | 'system' | 'elsewhere' | 'no-address' | 'unusable' };

export interface Place {
  readonly packaged: boolean;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the program's binary. */
  readonly program: string;
  /** Folder of what lies beside the archive. */
  readonly resources: string;
  readonly exists: (path: string) => boolean;
}

/** What `npm run package -- --updates-from` leaves beside the archive. */
export const feedFile = 'updates.json';
const feedSchema = z.object({ address: z.url(), key: z.string() });

export async function updateWay(place: Place): Promise<UpdateWay> {
  if (!place.packaged) return { kind: 'checkout' };
  const kept = keptBy(place);
  if (kept !== null) return { kind: kept };
  let text: string;
  try {
    text = await readFile(join(place.resources, feedFile), 'utf8');
  } catch {
    return { kind: 'no-address' };
  }
  const feed = feedOf(text);
  return feed === null ? { kind: 'unusable' } : { kind: 'feed', feed };
}

/** null: what brought it lets it replace itself. */
function keptBy({
  platform,
  env,
  program,
  resources,
  exists,
}: Place): 'system' | 'elsewhere' | null {
  if (platform === 'win32') {
    // NSIS leaves it beside the program; a ZIP and the portable file have none.
    const uninstaller = join(dirname(program), 'Uninstall Hourglass.exe');
    return env.PORTABLE_EXECUTABLE_FILE || !exists(uninstaller) ? 'elsewhere' : null;
  }
  if (platform === 'darwin')
    // Run from the disk image, or from where macOS hides what was never moved.
    return /^\/Volumes\/|\/AppTranslocation\//.test(program) ? 'elsewhere' : null;
  if (env.FLATPAK_ID || env.SNAP || exists(join(resources, 'package-type'))) return 'system';
  if (env.APPIMAGE) return null;
  return /^\/(opt|usr)\//.test(program) ? 'system' : 'elsewhere';
}

function feedOf(text: string): Feed | null {
  try {
    const given = feedSchema.parse(JSON.parse(text));
    const address = new URL(given.address.replace(/\/*$/, '/'));
    const key = createPublicKey(given.key);
    // In the open only on this very machine, where a publisher tries it.
    const isSafe = address.protocol === 'https:' || address.hostname === '127.0.0.1';
    return isSafe && key.asymmetricKeyType === 'ed25519' ? { address, key } : null;
  } catch {
    return null;
  }
}

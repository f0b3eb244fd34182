/** What `diagnostics` says of this machine and its person's settings, without a name of either. */
import { readdir } from 'node:fs/promises';
import { arch, cpus, freemem, homedir, release, totalmem, userInfo } from 'node:os';
import { placeIds, type DeviceReport, type Preferences } from '../../contract/index.ts';
import { currentLanguage } from '../../contract/sentences/index.ts';
import type { Diagnostics } from '../../contract/diagnostics.ts';
import { modelsFolder, personFolders, version } from './paths.ts';
import { preferencesFile } from './preferences.ts';

export interface ProgramFacts {
  readonly devices: readonly DeviceReport[];
  readonly failures: Diagnostics['failures'];
}

/** @param facts what only the running program knows */
export async function diagnosticsOf({ devices, failures }: ProgramFacts): Promise<Diagnostics> {
  const { config, models } = personFolders();
  const folders = async (folder: string): Promise<string[]> => {
    const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
    return found.filter((one) => one.isDirectory()).map(({ name }) => name);
  };
  const shipped = await folders(modelsFolder());
  const own = await folders(models);
  const [processor] = cpus();
  return {
    hourglass: 'diagnostics',
    version: 1,
    program: {
      version,
      node: process.versions.node,
      electron: process.versions.electron ?? null,
    },
    system: {
      platform: process.platform,
      release: release(),
      arch: arch(),
      processor: processor?.model.trim() ?? '',
      cores: cpus().length,
      memory: totalmem(),
      free: freemem(),
      language: currentLanguage().tag,
    },
    devices: devices.map((device) => ({ ...device, reason: withoutPlaces(device.reason) })),
    models: { shipped: shipped.filter((name) => name.includes('-')).sort(), own: own.length },
    settings: settingsFacts(await preferencesFile(config).load()),
    failures,
  };
}

/** A path, also one that begins with a drive or a share. */
const path = /(?<![\w/\\])(?:file:\/\/|[A-Za-z]:)?[/\\]{1,2}[^\s"'’”“,;:()]+/g;

/** Sentences of drivers may name what lies where. @param who home and name of the person; default: who runs this */
export function withoutPlaces(
  words: string,
  who: readonly string[] = [homedir(), userName()],
): string {
  const bare = who
    .filter((one) => one.length > 2)
    .reduce((left, one) => left.replaceAll(one, '…'), words.slice(0, 300).replace(path, '…'));
  return bare.slice(0, 300);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Nobody is known by this number, as in some containers.
    return '';
  }
}

/** What of the preferences is of a closed list or a number; of texts only whether there are any. */
export function settingsFacts(preferences: Preferences): Diagnostics['settings'] {
  const { theme, language, device, rememberPhotos, tourDone, presets, panels } = preferences;
  const short = (text: string | undefined): string | undefined =>
    text !== undefined && /^[a-z0-9-]{1,20}$/i.test(text) ? text : undefined;
  const facts: Record<string, string | number | boolean | undefined> = {
    ...{ theme, rememberPhotos, tourDone, language: short(language), device: short(device) },
    ...{ presets: presets?.length ?? 0, inspectorWidth: panels?.inspectorWidth },
  };
  for (const id of placeIds) {
    const { format, depth, quality, maxSide, srgb, folder } = preferences[id] ?? {};
    const own = { format: known(format), depth: known(depth), quality, maxSide, srgb };
    for (const [key, value] of Object.entries(own)) facts[`${id}.${key}`] = value;
    if (folder !== undefined) facts[`${id}.folder`] = 'chosen';
  }
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

const knownWords: readonly string[] = [
  ...['keep', '8', '16', 'hgl', 'jpeg', 'png', 'tiff', 'webp', 'avif', 'dicom', 'nifti'],
];
const known = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : knownWords.includes(text) ? text : 'other';

/**
 * electron-updater, held to what this program promises: it asks when it is told to, speaks to one host through `host-http.ts`, believes what the
 * publisher's key has signed, and installs when the program ends. Loaded only after a person said that the host may be asked.
 */
import { CancellationToken, type UpdateInfo } from 'builder-util-runtime';
import { AppImageUpdater, MacUpdater, NsisUpdater, type AppUpdater } from 'electron-updater';
import { GenericProvider } from 'electron-updater/out/providers/GenericProvider.js';
import { verify } from 'node:crypto';
import { basename } from 'node:path';
import { say } from '../sentences.ts';
import { HostHttp } from './host-http.ts';
import { UpdateProblem } from './problem.ts';
import type { Feed } from './way.ts';

/** What is there. */
export interface NewVersion {
  readonly version: string;
  /** 0: the publisher does not say. */
  readonly bytes: number;
}

export interface Updater {
  /** null: there is nothing newer. @throws UpdateProblem, errors of the network */
  look(signal: AbortSignal): Promise<NewVersion | null>;
  /** Fetches what was found. @throws as `look` */
  download(signal: AbortSignal, onFraction: (fraction: number) => void): Promise<void>;
  /** Installs what was fetched, if anything; to be called as the last thing, by a program that ends as it should. */
  installAtQuit(): void;
}

export interface UpdaterOptions {
  readonly feed: Feed;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  /** Of Electron's, for what an updater remembers. */
  readonly userData: string;
  /** What is fetched waits below it. */
  readonly cache: string;
  /** That electron-builder left beside the archive: on Windows it names whose signature the installer must bear. */
  readonly configuration: string;
  readonly log: (line: string) => void;
}

/** Appended to the address of what is announced: its signature, Base64. */
const signatureEnding = '.sig';
/** What installs on a system, and how the file that it installs ends. */
const systems = {
  win32: { Kind: NsisUpdater, ending: '.exe' },
  darwin: { Kind: MacUpdater, ending: '.zip' },
  linux: { Kind: AppImageUpdater, ending: '.AppImage' },
} as const;

/**
 * What a signature is of: the name is in it, so that what was announced for one system is not taken for another.
 * `build/package/sign.mjs` makes it.
 */
const signedBytes = (name: string, text: string): Buffer => Buffer.from(`${name}\n${text}`, 'utf8');

/** All that it reads of a host it reads through `httpRequest`: what is announced, with the checksums of the files. */
class SignedProvider extends GenericProvider {
  readonly #feed: Feed;
  constructor(
    { feed }: { feed: Feed },
    updater: AppUpdater,
    runtime: ConstructorParameters<typeof GenericProvider>[2],
  ) {
    super({ provider: 'generic', url: feed.address.href }, updater, runtime);
    this.#feed = feed;
  }

  protected override async httpRequest(url: URL): Promise<string | null> {
    const plain = new URL(url.pathname, url);
    const text = await super.httpRequest(plain);
    const signature = await super.httpRequest(
      new URL(`${plain.pathname}${signatureEnding}`, plain),
    );
    const isOurs = verify(
      null,
      signedBytes(basename(plain.pathname), text ?? ''),
      this.#feed.key,
      Buffer.from(signature ?? '', 'base64'),
    );
    if (!isOurs) throw new UpdateProblem(say('updateNotSigned', { host: plain.host }));
    return text;
  }
}

export function openUpdater(options: UpdaterOptions): Updater {
  const { feed, platform, log } = options;
  const atQuit: ((exitCode: number) => void)[] = [];
  const adapter = {
    ...{ name: 'hourglass', version: options.version, isPackaged: true },
    appUpdateConfigPath: options.configuration,
    ...{ userDataPath: options.userData, baseCachePath: options.cache },
    whenReady: () => Promise.resolve(),
    // Nothing is installed but at the end that the person chooses.
    ...{ relaunch: () => undefined, quit: () => undefined },
    onQuit: (handler: (exitCode: number) => void) => void atQuit.push(handler),
  };
  const { Kind, ending } =
    platform === 'win32' || platform === 'darwin' ? systems[platform] : systems.linux;
  const updater = new Kind(undefined, adapter);
  let signal = new AbortController().signal;
  const http = new HostHttp(feed.address, () => signal);
  // Not in its types: where no executor is set, it takes Chromium's.
  (updater as unknown as { httpExecutor: HostHttp }).httpExecutor = http;
  Object.assign(updater, {
    ...{ autoDownload: false, autoInstallOnAppQuit: true, allowPrerelease: false },
    // Pieces of the installed file would be asked for one by one; the whole is simpler to check, and says less.
    ...{ disableDifferentialDownload: true, disableWebInstaller: true },
    logger: { info: () => undefined, warn: log, error: log },
  });
  updater.setFeedURL({ provider: 'custom', updateProvider: SignedProvider, feed } as never);

  /** What is fetched for this system. */
  const bytesOf = ({ files }: UpdateInfo): number =>
    files.find(({ url }) => url.endsWith(ending))?.size ?? 0;

  return {
    async look(given) {
      signal = given;
      http.begin();
      const found = await updater.checkForUpdates();
      if (!found?.isUpdateAvailable) return null;
      return { version: found.updateInfo.version, bytes: bytesOf(found.updateInfo) };
    },
    async download(given, onFraction) {
      signal = given;
      http.begin();
      const token = new CancellationToken();
      const cancel = (): void => token.cancel();
      const tell = ({ percent }: { percent: number }): void => onFraction(percent / 100);
      given.addEventListener('abort', cancel);
      updater.on('download-progress', tell);
      try {
        await updater.downloadUpdate(token);
      } finally {
        given.removeEventListener('abort', cancel);
        updater.off('download-progress', tell);
      }
    },
    installAtQuit: () => atQuit.splice(0).forEach((install) => install(0)),
  };
}

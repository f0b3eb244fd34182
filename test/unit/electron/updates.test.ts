/** Newer versions: nothing is requested before a person says yes, nothing is believed that is not signed, and every failure is a sentence. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { remindOfUpdates } from '../../../app/hosts/electron/updates/remind.ts';
import { openUpdater } from '../../../app/hosts/electron/updates/updater.ts';
import { createUpdates, type Updates } from '../../../app/hosts/electron/updates/updates.ts';
import { updateWay, type Place, type UpdateWay } from '../../../app/hosts/electron/updates/way.ts';
import { signAnnouncements } from '../../../build/package/sign.mjs';
import { announcements, UpdatesFeed } from '../../updates-feed.ts';

const runs = Buffer.from('#!/bin/sh\nexit 0\n# the new one\n');

let folder: string;
let installed: string;
let feed: UpdatesFeed;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-updates-'));
  installed = join(folder, 'Hourglass.AppImage');
  await writeFile(installed, '#!/bin/sh\nexit 0\n# the old one\n');
  await chmod(installed, 0o755);
  vi.stubEnv('APPIMAGE', installed);
  feed = new UpdatesFeed();
  await feed.start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  feed.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Answers {
  readonly ask?: boolean;
  readonly download?: boolean;
  readonly way?: UpdateWay;
}

/** What a person is shown, in order. */
let told: string[];
let opened: number;
function updatesOf(answers: Answers): Updates {
  told = [];
  opened = 0;
  const address = new URL(`http://${feed.host}/`);
  const way = answers.way ?? { kind: 'feed', feed: { address, key: createPublicKey(feed.key) } };
  return createUpdates({
    ...{ way: () => Promise.resolve(way), version: '0.1.0', log: () => undefined },
    questions: {
      mayAsk: (host) => Promise.resolve((told.push(`ask ${host}`), answers.ask ?? false)),
      mayDownload: ({ version, bytes }) =>
        Promise.resolve((told.push(`download ${version} ${bytes}`), answers.download ?? false)),
      mayStop: () => Promise.resolve(false),
      tell: (message, detail) => Promise.resolve(void told.push(`${message} ${detail}`)),
    },
    open: (given) => {
      opened += 1;
      return Promise.resolve(
        openUpdater({
          ...{ feed: given, platform: 'linux', version: '0.1.0', log: () => undefined },
          ...{ userData: folder, cache: join(folder, 'cache') },
          configuration: join(folder, 'app-update.yml'),
        }),
      );
    },
    show: () => undefined,
  });
}
const content = (): Promise<string> => readFile(installed, 'utf8');

describe('looking for a newer version', () => {
  beforeEach(() => writeFile(join(folder, 'app-update.yml'), 'updaterCacheDirName: updates\n'));

  it('requests nothing, and loads nothing that could, before the person has said yes', async () => {
    feed.announce('9.0.0', runs);
    await updatesOf({ ask: false, download: true }).look();
    expect(told).toEqual([`ask ${feed.host}`]);
    expect([opened, feed.paths]).toEqual([0, []]);
  });

  it('asks for the announcement and its signature, and says nothing of who asks', async () => {
    feed.announce('0.1.0', runs);
    await updatesOf({ ask: true, download: true }).look();
    expect(told[1]).toContain('newest version');
    expect(feed.requests).toHaveLength(2);
    for (const { path, headers } of feed.requests) {
      expect(path).toMatch(/^\/latest[a-z0-9-]*\.yml(\.sig)?$/);
      expect(
        Object.keys(headers).filter(
          (name) => !/^(host|connection|cache-control|accept)$/.test(name),
        ),
      ).toEqual(['user-agent']);
      expect(headers['user-agent']).toBe('Hourglass');
    }
  });

  it('downloads nothing without a second yes', async () => {
    feed.announce('9.0.0', runs);
    await updatesOf({ ask: true, download: false }).look();
    expect(told).toEqual([`ask ${feed.host}`, `download 9.0.0 ${runs.length}`]);
    expect(feed.requests).toHaveLength(2);
  });

  it('downloads, and installs when the program ends', async () => {
    feed.announce('9.0.0', runs);
    const updates = updatesOf({ ask: true, download: true });
    await updates.look();
    expect(told.at(-1)).toContain('9.0.0 is ready');
    expect(await content()).toContain('the old one');
    const before = feed.requests.length;
    await updates.look();
    expect(feed.requests).toHaveLength(before);
    updates.installAtQuit();
    expect(await content()).toContain('the new one');
  });

  it('believes what `npm run package -- --sign-updates` has signed', async () => {
    feed.announce('0.1.0', runs);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = join(folder, 'private.pem');
    await writeFile(pem, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const text = Buffer.from('version: 0.1.0\nfiles: []\n');
    for (const name of announcements) await writeFile(join(folder, name), text);
    expect(signAnnouncements(folder, pem)).toHaveLength(announcements.length);
    for (const name of announcements) {
      feed.put(`/${name}`, text);
      feed.put(`/${name}.sig`, await readFile(join(folder, `${name}.sig`)));
    }
    const address = new URL(`http://${feed.host}/`);
    await updatesOf({ ask: true, way: { kind: 'feed', feed: { address, key: publicKey } } }).look();
    expect(told[1]).toContain('newest version');
  });

  it('an older version is no newer one', async () => {
    feed.announce('0.0.9', runs);
    await updatesOf({ ask: true, download: true }).look();
    expect(told[1]).toContain('newest version');
  });

  it.each([
    ['changed after it was signed', { signedAs: 'version: 9.0.0\n' }, 'not signed'],
    ['signed for another system', { name: 'latest-other.yml' }, 'not signed'],
  ])('believes nothing that was %s', async (_what, wrong, sentence) => {
    feed.announce('9.0.0', runs, wrong);
    const updates = updatesOf({ ask: true, download: true });
    await updates.look();
    expect(told).toHaveLength(2);
    expect(told[1]).toContain(sentence);
    expect(feed.paths.filter((path) => path.includes('AppImage'))).toEqual([]);
  });

  it('believes nothing that another has signed', async () => {
    feed.announce('9.0.0', runs);
    const { publicKey } = generateKeyPairSync('ed25519');
    const address = new URL(`http://${feed.host}/`);
    await updatesOf({ ask: true, way: { kind: 'feed', feed: { address, key: publicKey } } }).look();
    expect(told[1]).toContain('not signed');
  });

  it('installs no file but the one that was announced', async () => {
    feed.announce('9.0.0', runs, { sha512: Buffer.alloc(64).toString('base64') });
    const updates = updatesOf({ ask: true, download: true });
    await updates.look();
    expect(told.at(-1)).toMatch(/Nothing was changed.*checksum/);
    updates.installAtQuit();
    expect(await content()).toContain('the old one');
  });

  it('follows nobody to another host', async () => {
    const other = new UpdatesFeed();
    await other.start();
    feed.announce('9.0.0', runs);
    for (const name of announcements) feed.put(`/${name}`, { to: `http://${other.host}/${name}` });
    await updatesOf({ ask: true, download: true }).look();
    other.stop();
    expect(told[1]).toContain('sends Hourglass on to 127.0.0.1');
    expect(other.requests).toEqual([]);
  });

  it('ends where it is sent round in circles', async () => {
    feed.announce('9.0.0', runs);
    feed.put('/Hourglass-9.0.0.AppImage', { to: `http://${feed.host}/Hourglass-9.0.0.AppImage` });
    await updatesOf({ ask: true, download: true }).look();
    expect(told.at(-1)).toContain('round in circles');
  });

  it.each([
    ['there is nothing', 404],
    ['the host is broken', 500],
    ['it is no announcement', Buffer.from('[[[')],
    ['it is endless', Buffer.alloc(2_000_000, 'a')],
  ])('says it in a sentence where %s', async (_what, answer) => {
    feed.announce('9.0.0', runs);
    for (const name of announcements) {
      feed.put(`/${name}`, answer);
      if (typeof answer !== 'number' && answer.length < 100)
        feed.put(
          `/${name}.sig`,
          Buffer.from(feed.signed(Buffer.from(`${name}\n${answer.toString()}`))),
        );
    }
    await updatesOf({ ask: true, download: true }).look();
    expect(told).toHaveLength(2);
    expect(told[1]).toContain('There is no newer version from there.');
    expect(told[1]!.length).toBeLessThan(400);
    expect(told[1]).not.toMatch(/\n|\bat .*\.js/);
  });

  it.each(['checkout', 'system', 'elsewhere', 'no-address', 'unusable'] as const)(
    'says in words why not (%s), and asks nobody',
    async (kind) => {
      await updatesOf({ ask: true, way: { kind } }).look();
      expect(told).toHaveLength(1);
      expect(told[0]).toContain('not brought up to date by itself');
      expect([opened, feed.paths]).toEqual([0, []]);
    },
  );
});

describe('how this copy came', () => {
  const place = (given: Partial<Place>): Place => ({
    ...{ packaged: true, platform: 'linux', env: {}, program: '/home/me/Hourglass/hourglass' },
    ...{ resources: folder, exists: () => false },
    ...given,
  });
  const kind = async (given: Partial<Place>): Promise<string> =>
    (await updateWay(place(given))).kind;
  const announce = (text: string): Promise<void> => writeFile(join(folder, 'updates.json'), text);

  it('only what an installer or an AppImage brought replaces itself', async () => {
    await announce(JSON.stringify({ address: 'https://x.example/y', key: feed.key }));
    const appImage = { env: { APPIMAGE: '/home/me/Hourglass.AppImage' } };
    expect(await kind({ ...appImage, packaged: false })).toBe('checkout');
    expect(await kind({})).toBe('elsewhere');
    expect(await kind({ program: '/opt/Hourglass/hourglass' })).toBe('system');
    expect(await kind({ exists: (path) => path.endsWith('package-type') })).toBe('system');
    expect(await kind({ env: { FLATPAK_ID: 'x' } })).toBe('system');
    expect(await kind(appImage)).toBe('feed');
    const windows = { platform: 'win32', program: 'C:/Programs/Hourglass/Hourglass.exe' } as const;
    expect(await kind(windows)).toBe('elsewhere');
    const withUninstaller = { ...windows, exists: (path: string) => path.includes('Uninstall') };
    expect(await kind(withUninstaller)).toBe('feed');
    expect(await kind({ ...withUninstaller, env: { PORTABLE_EXECUTABLE_FILE: 'x' } })).toBe(
      'elsewhere',
    );
    const mac = { platform: 'darwin' } as const;
    expect(
      await kind({ ...mac, program: '/Applications/Hourglass.app/Contents/MacOS/Hourglass' }),
    ).toBe('feed');
    expect(await kind({ ...mac, program: '/Volumes/Hourglass/Hourglass.app/x' })).toBe('elsewhere');
  });

  it('and only where the publisher named an address and a key that can be used', async () => {
    const appImage = { env: { APPIMAGE: '/x' } };
    expect(await kind(appImage)).toBe('no-address');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    for (const [address, key] of [
      ['http://x.example/', feed.key],
      ['file:///etc/', feed.key],
      ['https://x.example/', 'no key'],
      ['https://x.example/', rsa.export({ type: 'spki', format: 'pem' }).toString()],
    ]) {
      await announce(JSON.stringify({ address, key }));
      expect([address, await kind(appImage)]).toEqual([address, 'unusable']);
    }
    await announce('{');
    expect(await kind(appImage)).toBe('unusable');
  });
});

describe('the reminder', () => {
  it('is off, and once in a month where it is wanted', async () => {
    await mkdir(folder, { recursive: true });
    let now = 1_800_000_000_000;
    let looks = 0;
    const remind = (wanted: boolean): Promise<void> =>
      remindOfUpdates({
        ...{ wanted: () => Promise.resolve(wanted), possible: () => Promise.resolve(true) },
        look: () => Promise.resolve(void (looks += 1)),
        ...{ rememberIn: join(folder, 'reminder.json'), now: () => now },
      });
    const day = 86_400_000;
    for (const [wanted, later, expected] of [
      [false, 0, 0],
      [true, 0, 1],
      [true, day, 1],
      [true, 30 * day, 2],
      [true, -400 * day, 3],
    ] as const) {
      now += later;
      await remind(wanted);
      expect([later, looks]).toEqual([later, expected]);
    }
  });
});

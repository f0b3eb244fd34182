/** A real archive takes derived objects by STOW-RS, and gives them back as they were sent. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { dataPack, noDataPack } from '../../data.ts';
import { debianTool } from '../../debian.ts';
import { buildAppIfStale, root } from '../../../build/build.mjs';
import { readableOfPack } from './pack-objects.ts';
import { cleaned, writtenObject } from './written.ts';

const pack = dataPack && join(dataPack, 'dicom-tests');
const folder = mkdtempSync(join(tmpdir(), 'hourglass-orthanc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Orthanc listens on all interfaces, whatever it is told: it gets a network without any. */
function whyNot(): string | null {
  if (!pack) return noDataPack;
  if (!debianTool('Orthanc', 'orthanc')) return 'Orthanc is missing';
  if (spawnSync('unshare', ['-n', 'true']).status !== 0) return 'no network namespace is to be had';
  const plugin = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
  if (!existsSync(plugin)) spawnSync('apt-get', ['install', '-y', 'orthanc-dicomweb']);
  return existsSync(plugin) ? null : 'the package orthanc-dicomweb is missing';
}
const reason = whyNot();
if (reason) process.stderr.write(`The test with Orthanc is skipped: ${reason}.\n`);

/**
 * What archives file objects by is missing in these sources, and is not made up: Orthanc answers 400, or 200 without a word of an object
 * whose UID of the study is empty. It is noticed, and said why.
 */
const unfiled = ['HTJ2K_08_RGB.dcm', 'JLSL_16_15_1_1F.dcm', 'JLSL_RGB_ILV1.dcm'].concat([
  'JPEGLSNearLossless_16.dcm',
  'leadtools-8BitsJpegLossyGrayScale.dcm',
]);

/** Colours of 16 bits, which its encoder changes: refused before anything is cleaned. */
const notWritten = ['htj2k-SC_rgb_rle_16bit.dcm'];

test.skipIf(reason !== null)(
  'Orthanc keeps what it is sent, byte by byte',
  async () => {
    await buildAppIfStale();
    const files: string[] = [];
    const uids = new Set<string>();
    const refused: string[] = [];
    const left: string[] = [];
    const readable = await readableOfPack();
    // Those that are not are looked at, name by name, in `pack.test.ts`.
    expect(readable.length).toBeGreaterThanOrEqual(37);
    for (const transferSyntax of ['uncompressed', 'explicit', 'jpeg-ls', 'htj2k'] as const)
      for (const name of readable) {
        // Another run each: of objects with one UID Orthanc keeps the first.
        const id = `019a0000-1111-7222-8333-${String(files.length).padStart(12, '0')}`;
        const target = { transferSyntax, change: cleaned, id, name: `${transferSyntax}-${name}` };
        await writtenObject(join(pack!, name), folder, target).then(
          ({ path }) => files.push(path),
          () => refused.push(target.name),
        );
      }
    expect(refused).toEqual(notWritten);
    const port = '18042';
    const config = join(folder, 'orthanc.json');
    writeFileSync(
      config,
      JSON.stringify({
        ...{ HttpPort: Number(port), DicomServerEnabled: false, AuthenticationEnabled: false },
        ...{ StorageDirectory: join(folder, 'store'), IndexDirectory: join(folder, 'store') },
        ...{ Plugins: ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so'] },
      }),
    );
    const cli = join(root, 'dist/app/hosts/cli/main.js');
    const client = join(dirname(fileURLToPath(import.meta.url)), 'orthanc-client.mjs');
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['-n', process.execPath, client, cli, config, port, ...files],
      { encoding: 'utf8', timeout: 300_000 },
    );
    expect(stderr).toBe('');
    const answers = JSON.parse(stdout) as {
      file: string;
      uid: string;
      isSame: boolean;
      error?: string;
    }[];
    expect(answers).toHaveLength(files.length);
    for (const { file, uid, isSame, error } of answers) {
      if (unfiled.some((name) => file.endsWith(name))) {
        expect(error).toMatch(/did not store.*no UID of a study/);
        left.push(file);
        continue;
      }
      expect([file, isSame, error]).toEqual([file, true, undefined]);
      uids.add(uid);
    }
    process.stdout.write(
      `${uids.size} objects came back as they were sent; without a study: ${left.length}\n`,
    );
    expect(uids.size + left.length).toBe(files.length);
  },
  600_000,
);

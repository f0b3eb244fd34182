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

/** Has an empty Study Instance UID: Orthanc says 200 and does not store it, which is noticed. */
const withoutStudy = 'leadtools-8BitsJpegLossyGrayScale.dcm';

/** Of each way to write one: implicit, big endian with frames, colour, deflated, signed with padding. */
const sources = [
  ...(['CT_small.dcm', 'CT1_UNC.implicit_little_endian.dcm', 'emri_small_big_endian.dcm'] as const),
  ...(['image_dfl.dcm', 'SC_ybr_full_422_uncompressed.dcm', 'J2KI__CT1_J2KI.dcm'] as const),
  withoutStudy,
];

test.skipIf(reason !== null)(
  'Orthanc keeps what it is sent, byte by byte',
  async () => {
    await buildAppIfStale();
    const files: string[] = [];
    const uids = new Set<string>();
    for (const transferSyntax of ['uncompressed', 'explicit', 'jpeg-ls', 'htj2k'] as const)
      for (const name of sources) {
        // Another run each: of objects with one UID Orthanc keeps the first.
        const id = `019a0000-1111-7222-8333-${String(files.length).padStart(12, '0')}`;
        const target = { transferSyntax, change: cleaned, id, name: `${transferSyntax}-${name}` };
        files.push((await writtenObject(join(pack!, name), folder, target)).path);
      }
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
      { encoding: 'utf8', timeout: 120_000 },
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
      if (file.includes(withoutStudy)) {
        expect(error).toMatch(/did not store/);
        continue;
      }
      expect([file, isSame, error]).toEqual([file, true, undefined]);
      uids.add(uid);
    }
    expect(uids.size).toBe(files.length - 4);
  },
  240_000,
);

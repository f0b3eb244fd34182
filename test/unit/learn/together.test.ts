/** What is much alike is held back or learnt from as a whole: patients, series and bursts of files, and what becomes of too few of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { see } from '../../../app/jobs/engine/capabilities.ts';
import { readImages, type Images } from '../../../app/learn/images.ts';
import { decodeImage } from '../../../app/pixels/index.ts';
import { dicomReader } from '../../../app/scans/dicom/reader.ts';
import type { Divided } from '../../../app/learn/together.ts';
import { drawn } from './drawn.ts';
import { madeDicom } from '../scans/made-dicom.ts';

const SIDE = 32;
const folder = mkdtempSync(join(tmpdir(), 'hourglass-together-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** A slice of its own. */
function slice(of: Readonly<Record<'patient' | 'study' | 'series', string>>): string {
  const path = join(folder, `${String((files += 1))}.dcm`);
  const words = Uint16Array.from(drawn(files, SIDE), (value) => Math.round(1000 + 500 * value));
  const elements = {
    '0010,0020': ['LO', of.patient],
    '0020,000d': ['UI', of.study],
    '0020,000e': ['UI', of.series],
    '0028,0010': ['US', SIDE],
    '0028,0011': ['US', SIDE],
  } as const;
  writeFileSync(path, madeDicom(elements, words));
  return path;
}

async function photo(second: number | null, camera = 'One'): Promise<string> {
  const path = join(folder, `${String((files += 1))}.jpg`);
  const levels = Uint8Array.from(drawn(files, SIDE), (value) => Math.round(255 * value));
  const time = second === null ? null : `2024:05:01 10:00:${String(second).padStart(2, '0')}`;
  await sharp(levels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .withExif({
      IFD0: { Make: 'Made', Model: camera },
      IFD2: time === null ? {} : { DateTimeOriginal: time },
    })
    .jpeg()
    .toFile(path);
  return path;
}

interface Read extends Images {
  /** Of each path: held back, or learnt from. */
  readonly held: readonly boolean[];
  readonly hashes: readonly string[];
}

async function read(
  paths: readonly string[],
  seed = 1,
  divided: Divided | null = null,
): Promise<Read> {
  const found = await readImages({
    images: paths.map((path) => ({ path, files: [path] })),
    ...{ side: 16, seed, divided, told: () => undefined, signal: new AbortController().signal },
    decode: ({ path }, frame) => decodeImage({ path, frame, readers: { dicom: dicomReader } }),
    see,
  });
  const { hashOf } = await import('../../../app/learn/images.ts');
  const hashes = await Promise.all(
    paths.map((path) => hashOf([path], new AbortController().signal)),
  );
  const back = new Set(found.heldBack.map(({ sha256 }) => sha256));
  return { ...found, hashes, held: hashes.map((hash) => back.has(hash)) };
}

const texts = ({ notices }: Images): string => notices.map(({ text }) => text).join('\n');

describe('what stays together', () => {
  it('a patient, over all studies and series, whatever the seed', async () => {
    const paths = [1, 2, 3, 4, 5, 6].flatMap((patient) =>
      [1, 2, 3, 4].map((at) =>
        slice({
          patient: `P${patient}`,
          study: `1.2.${patient}.${at >> 1}`,
          series: `1.2.${patient}.${at}`,
        }),
      ),
    );
    for (const seed of [1, 2, 3, 4]) {
      const found = await read(paths, seed);
      const { held } = found;
      for (let patient = 0; patient < 6; patient++)
        expect(new Set(held.slice(4 * patient, 4 * patient + 4)).size).toBe(1);
      expect(held.filter(Boolean)).toHaveLength(4);
      expect(found.together).toEqual([{ kind: 'patient', count: 6, heldBack: 1, images: 4 }]);
      expect(texts(found)).toContain('of 6 patients 1 is held back (4 images)');
      // Numbers of patients go nowhere.
      expect(JSON.stringify(found.together) + texts(found)).not.toMatch(/P\d/);
    }
  });

  it('a study where no patient is told, and a series where all is one patient, which is said', async () => {
    const nobody = [1, 2, 3, 4, 5, 6].flatMap((study) =>
      [1, 2].map((at) =>
        slice({ patient: '', study: `1.3.${study}`, series: `1.3.${study}.${at}` }),
      ),
    );
    const studies = await read(nobody);
    expect(studies.together).toEqual([{ kind: 'study', count: 6, heldBack: 1, images: 2 }]);
    for (let at = 0; at < 12; at += 2) expect(studies.held[at]).toBe(studies.held[at + 1]);

    const one = [1, 2, 3].flatMap((series) =>
      [1, 2, 3].map(() => slice({ patient: 'P', study: '1.4', series: `1.4.${series}` })),
    );
    const all = await read(one);
    expect(all.together).toEqual([{ kind: 'series', count: 3, heldBack: 1, images: 3 }]);
    expect(all.notices).toContainEqual({
      level: 'warning',
      text: expect.stringContaining('All images are of one patient') as string,
    });
  });

  it('a burst of one camera; not what another took meanwhile, nor what has no time', async () => {
    const paths: string[] = [];
    // Two bursts, one of which goes on for longer than its gaps.
    for (const second of [0, 2, 4, 6, 30, 31]) paths.push(await photo(second));
    for (const second of [1, 20, 40]) paths.push(await photo(second, 'Two'));
    for (let at = 0; at < 11; at++) paths.push(await photo(null));
    let apart = 0;
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { held, together } = await read(paths, seed);
      expect(new Set(held.slice(0, 4)).size).toBe(1);
      expect(new Set(held.slice(4, 6)).size).toBe(1);
      expect(together).toMatchObject([{ kind: 'burst', count: 2 }]);
      if (held[6] !== held[0]) apart += 1;
    }
    expect(apart).toBeGreaterThan(0);
  });

  it('too few of them are said, and most is left to learn from', async () => {
    const paths = [
      ...[1, 2, 3, 4, 5, 6, 7, 8].map(() => slice({ patient: 'A', study: '1.5', series: '1.5.1' })),
      slice({ patient: 'B', study: '1.6', series: '1.6.1' }),
    ];
    for (const seed of [1, 2, 3]) {
      const found = await read(paths, seed);
      expect(found.held).toEqual(paths.map((_, at) => at === 8));
      expect(texts(found)).toContain('There are only 2 groups');
    }
  });
});

it('a training that was begun before goes on with what it held back, and says that it is not whole', async () => {
  const paths = [1, 2, 3, 4, 5].flatMap((patient) =>
    [1, 2].map(() =>
      slice({ patient: `Q${patient}`, study: `1.7.${patient}`, series: `1.7.${patient}.1` }),
    ),
  );
  const { hashes } = await read(paths);
  const before = {
    heldBack: [hashes[3]!],
    learnt: hashes.filter((_, at) => at !== 3).toReversed(),
  };
  const found = await read(paths, 1, before);
  expect(found.heldBack.map(({ sha256 }) => sha256)).toEqual(before.heldBack);
  expect(found.learnt.map(({ sha256 }) => sha256)).toEqual(before.learnt);
  expect(texts(found)).toContain('not yet held back together');
  // Other images are another training.
  const others = await read(paths.slice(0, 8), 1, before);
  expect(others.heldBack.map(({ sha256 }) => sha256)).not.toEqual(before.heldBack);
  expect(texts(others)).not.toContain('not yet held back together');
});

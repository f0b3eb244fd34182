/** A whole training as a folder of its own, and two beside each other: what is in it, what is not, and when figures can be compared. */
import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandContext } from '../../../app/contract/index.ts';
import { readCheckpoint, writeCheckpoint } from '../../../app/learn/checkpoint.ts';
import { compareTrainings, copyTraining } from '../../../app/learn/copy-training.ts';
import { stepOf } from '../../../app/learn/network.ts';
import { settingsOf, type Given } from '../../../app/learn/settings.ts';
import { networkOf } from '../../../app/learn/trained.ts';
import type { EngineServices } from '../../../app/runtime/index.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-copy-training-'));
const at = (name: string): string => join(home, name);
const around = [{} as CommandContext, {} as EngineServices] as const;
const copy = (folder: string, out: string) =>
  copyTraining({ folder: at(folder), out: at(out) }, ...around);
const compare = (folder: string, other: string) =>
  compareTrainings({ folder: at(folder), other: at(other) }, ...around);

async function training(name: string, given: Given, heldBack: string, value: number | null) {
  const settings = settingsOf(given);
  const { first } = stepOf({ settings, tones: 1, half: false });
  mkdirSync(at(name));
  await writeCheckpoint(at(name), {
    head: {
      ...{
        format: 'hourglass-training',
        version: 1,
        settings,
        tones: 1,
        half: false,
        recorrupted: false,
        device: 'cpu',
        step: 40,
      },
      ...{ of: 40, minutes: null, seconds: 2, since: { sum: 0, count: 0 } },
      images: { learnt: ['a'.repeat(64), 'b'.repeat(64)], heldBack: [heldBack] },
      best: { step: 20, heldBack: 0.25 },
      curve: [{ step: 20, loss: 0.2, heldBack: 0.25 }],
      parameters: first.theta.length,
    },
    ...{ state: { ...first, step: 40 }, best: first.theta },
  });
  const { bytes, sha256 } = networkOf((await readCheckpoint(at(name)))!);
  if (value === null) return;
  writeFileSync(join(at(name), 'model.onnx'), bytes);
  writeFileSync(
    join(at(name), 'card.json'),
    JSON.stringify({
      ...{ id: 'autoencoder-x', sha256, task: 'autoencoder' },
      limits: ['Worse than a blur.'],
      quality: [{ set: 'held back', noise: 'given back', metric: 'PSNR, dB', value }],
      training: { beside: [{ measure: 'given back', beside: [{ name: 'blur', value: 20 }] }] },
    }),
  );
  // As the window keeps it: it names what was learnt from, and holds small pictures.
  writeFileSync(join(at(name), 'training.json'), '{"from":"/home/somebody/photos"}');
}

const linear = { kind: 'linear', width: 4, patch: 8 } as const;
beforeAll(async () => {
  await training('one', linear, 'c'.repeat(64), 31.5);
  await training('other', { ...linear, width: 8 }, 'c'.repeat(64), 33.5);
  await training(
    'elsewhere',
    { kind: 'siamese', patch: 16, channels: 4, depth: 2 },
    'd'.repeat(64),
    0.9,
  );
  await training('begun', linear, 'c'.repeat(64), null);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('goes on as it was, with its network and card, and without names and pictures', async () => {
  const { contents, quality, limits, ended, ...facts } = await copy('one', 'copied');
  expect(readdirSync(at('copied')).sort()).toEqual([
    ...['card.json', 'contents.txt', 'model.onnx', 'training.bin'],
  ]);
  expect(await readCheckpoint(at('copied'))).toEqual(await readCheckpoint(at('one')));
  expect(readFileSync(join(at('copied'), 'model.onnx'))).toEqual(
    readFileSync(join(at('one'), 'model.onnx')),
  );
  expect([ended, quality]).toEqual([
    true,
    [
      {
        ...{ measure: 'given back', unit: 'PSNR, dB', network: 31.5 },
        beside: [{ name: 'blur', value: 20 }],
      },
    ],
  ]);
  expect(limits).toEqual(['Worse than a blur.']);
  expect(facts).toMatchObject({ kind: 'linear', steps: 40, images: { learnt: 2, heldBack: 1 } });
  expect(contents).toContain('No picture is in it');
  expect(readFileSync(join(at('copied'), 'contents.txt'), 'utf8')).toBe(`${contents}\n`);
  await expect(copy('one', 'copied')).rejects.toMatchObject({ code: 'output-exists' });
});

it('a state of which a bit is another is refused, and nothing is made of it', async () => {
  await copy('one', 'flipped');
  const path = join(at('flipped'), 'training.bin');
  const whole = readFileSync(path);
  const head = 4 + whole.readUInt32LE(0);
  // In the head, a figure; in the weights, the least bit of one.
  for (const place of [whole.indexOf('"step":40') + 8, head + 4, whole.length - 4]) {
    const bytes = Buffer.from(whole);
    bytes[place]! ^= 1;
    writeFileSync(path, bytes);
    await expect(copy('flipped', 'of-flipped')).rejects.toThrow('is no state of a training');
  }
  expect(existsSync(at('of-flipped'))).toBe(false);
});

it('a network that is not the one of the state is not handed on; one that has not ended can be', async () => {
  await copy('one', 'forged');
  writeFileSync(join(at('forged'), 'model.onnx'), 'of a stranger');
  const card = JSON.parse(readFileSync(join(at('forged'), 'card.json'), 'utf8')) as object;
  writeFileSync(
    join(at('forged'), 'card.json'),
    JSON.stringify({ ...card, sha256: '0'.repeat(64) }),
  );
  expect(await copy('forged', 'of-forged')).toMatchObject({ ended: false, quality: [] });
  expect(readdirSync(at('of-forged')).sort()).toEqual(['contents.txt', 'training.bin']);
  expect(await copy('begun', 'of-begun')).toMatchObject({ ended: false });
  await expect(copy('missing', 'of-missing')).rejects.toMatchObject({ code: 'file-not-found' });
  writeFileSync(join(at('of-begun'), 'training.bin'), 'cut');
  await expect(copy('of-begun', 'of-cut')).rejects.toMatchObject({ code: 'file-not-readable' });
});

it('figures can be compared where the same pictures were held back', async () => {
  const near = await compare('one', 'other');
  expect(near).toMatchObject({ sameHeldBack: true, sameError: true });
  expect(near.trainings.map(({ quality }) => quality[0]!.network)).toEqual([31.5, 33.5]);
  expect(near.trainings[0]!.curve).toEqual([{ step: 20, loss: 0.2, heldBack: 0.25 }]);
  expect(await compare('one', 'elsewhere')).toMatchObject({
    ...{ sameHeldBack: false, sameError: false },
  });
});

/** Codecs that a person adds: copied, tried, refused, removed. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { latentCards } from '../../../app/latent/index.ts';
import { createNodeLauncher } from '../../../app/jobs/launch.ts';
import { codecAt } from '../../../app/jobs/user-codecs.ts';
import { createUserModels } from '../../../app/jobs/user-models.ts';
import { createModelStore } from '../../../app/runtime/index.ts';
import { repositoryRoot } from '../../data.ts';
import { buildRuntime } from '../runtime/support.ts';

const shippedFolder = join(repositoryRoot, 'models');
const signal = new AbortController().signal;

let built: Awaited<ReturnType<typeof buildRuntime>>;
let place: string;
let folder: string;
/** Of a training that has made a codec. */
let training: string;
let codec: string;

beforeAll(async () => {
  built = await buildRuntime();
});
afterAll(() => built.remove());
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'hourglass-codecs-'));
  folder = join(place, 'data/models');
  training = join(place, 'mine');
  codec = join(training, 'latent/latent-mine');
  mkdirSync(training);
  writeFileSync(join(training, 'card.json'), JSON.stringify({ task: 'autoencoder' }));
  cpSync(join(shippedFolder, 'latent-photo'), codec, { recursive: true });
  change((card) => ({ ...card, id: 'latent-mine', title: 'Mine', licence: 'not stated' }));
});
afterEach(() => rmSync(place, { recursive: true }));

type Card = Record<string, unknown>;
function change(to: (card: Card) => Card): void {
  const path = join(codec, 'card.json');
  writeFileSync(path, JSON.stringify(to(JSON.parse(readFileSync(path, 'utf8')) as Card)));
}
const models = () =>
  createUserModels({
    launch: createNodeLauncher({ entries: { probe: built.probeFile }, env: process.env }),
    folder,
    shippedFolder,
  });
const add = async (path: string, extra: { id?: string; title?: string } = {}) =>
  models().addCodec((await codecAt(path))!, { licence: 'not stated', ...extra }, signal);
const left = (): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

it('adds the codec of a training, by its folder, the codec’s own or the card, after trying it', async () => {
  const added = await add(training);
  expect(added.model).toMatchObject({ id: 'latent-mine', title: 'Mine', origin: 'user' });
  expect(added.checks.join()).toMatch(/at \d\d\.\d dB/);
  expect((await add(codec)).model.id).toBe('latent-mine-2');
  expect((await add(join(codec, 'card.json'), { id: 'latent-other' })).model.id).toBe(
    'latent-other',
  );
  const store = createModelStore(shippedFolder, folder, [latentCards]);
  const card = await store.ofKind(latentCards, 'latent-mine');
  // Only what was tried runs.
  expect(card).toMatchObject({ origin: 'user', precisions: ['fp32'] });
  expect(card.parts.analysis.path).toBe(join(folder, 'latent-mine/analysis.onnx'));
  await models().remove('latent-mine');
  expect(left()).toEqual(['latent-mine-2', 'latent-other']);
});

it('refuses a folder without a codec, and leaves networks to others', async () => {
  rmSync(codec, { recursive: true });
  await expect(codecAt(training)).rejects.toMatchObject({
    code: 'model-unsuitable',
    message: `${training} holds no codec that could be added.`,
  });
  expect(await codecAt(join(place, 'network.onnx'))).toBeNull();
  expect(await codecAt(join(place, 'model.json'))).toBeNull();
});

it.each([
  [
    'a file that is not the card’s',
    () => writeFileSync(join(codec, 'entropy.bin'), 'another'),
    'model-damaged',
    /entropy\.bin is not the file that its card names/,
  ],
  [
    'a card that lacks a part',
    () => change((card) => ({ ...card, parts: {} })),
    'model-damaged',
    /card\.json is no card of a codec: parts\.analysis/,
  ],
  [
    'a synthesis that gives no picture',
    () =>
      change(({ parts, ...card }) => {
        const { analysis, ...others } = parts as Record<string, Card>;
        return {
          ...card,
          parts: { ...others, analysis, synthesis: { ...others.synthesis, ...fileOf(analysis!) } },
        };
      }),
    'model-unsuitable',
    /./,
  ],
  ['an id that is a denoiser’s', () => undefined, 'invalid-parameter', /begins with latent-/],
])('refuses %s, and leaves nothing', async (what, make, code, message) => {
  make();
  const extra = what.startsWith('an id') ? { id: 'denoise-mine' } : {};
  await expect(add(training, extra)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
  expect(left()).toEqual([]);
});

const fileOf = ({ file, sha256, bytes }: Card): Card => ({ file, sha256, bytes });

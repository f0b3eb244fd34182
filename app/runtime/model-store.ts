/**
 * The installed models, shipped and added: finds their cards (`card.ts`) and checks the checksums of
 * their files. Who loads a file is `sessions.ts`; adding one is `app/jobs/user-models.ts`.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HourglassError, toHourglassError } from '../contract/index.ts';
import { readCard, type ReadCard } from './card.ts';
import type { AnyCard, CardKind, ModelCard, ModelStore, PartFile } from './types.ts';
import { say } from './sentences.ts';

interface Found {
  readonly cards: ReadonlyMap<string, ReadCard>;
  /** By folder name. */
  readonly broken: ReadonlyMap<string, HourglassError>;
}

/**
 * Opens the folders of models. The shipped ones are read once, at first use, the person's own each
 * time: they come and go while the program runs. Each file's checksum is looked at once, at first
 * `get`. A damaged card hides only its own model.
 * @param folder absolute path of the folder that holds one folder per shipped model
 * @param userFolder the same for models that the person added; it need not exist
 * @param kinds of models that are more than one network from pixels
 */
export function createModelStore(
  folder: string,
  userFolder: string | null = null,
  kinds: readonly CardKind[] = [],
): ModelStore {
  let shipped: Promise<Found> | null = null;
  const verified = new Map<string, Promise<void>>();
  // A failed reading is not remembered: the folder may be on a disk that comes back.
  const shippedModels = (): Promise<Found> =>
    (shipped ??= discover(folder, 'shipped', kinds).catch((error: unknown) => {
      shipped = null;
      throw error;
    }));
  const all = async (): Promise<Found> => {
    const own = await shippedModels();
    return userFolder === null ? own : merge(own, await discover(userFolder, 'user', kinds));
  };
  return {
    list: async () => [...(await all()).cards.values()].map(({ card }) => card),
    async ids() {
      const { cards, broken } = await all();
      return [...cards.keys(), ...broken.keys()];
    },
    problems: async () => [...(await all()).broken.values()],
    async get(id) {
      const found = await find(id);
      if (found.kind === null) return found.card;
      throw unsuitable(say('modelMadeForNotOne', { id, madeFor: found.kind.madeFor }));
    },
    async ofKind<C extends AnyCard>(wanted: CardKind<C>, id: string) {
      const { card, kind } = await find(id);
      if (isOfKind(kind, wanted)) return card as C;
      throw unsuitable(say('modelNotMadeFor', { id, madeFor: wanted.madeFor }));
    },
    async listKind<C extends AnyCard>(wanted: CardKind<C>) {
      const found = [...(await all()).cards.values()];
      return found.filter(({ kind }) => isOfKind(kind, wanted)).map(({ card }) => card as C);
    },
  };

  /** The card, its files verified. */
  async function find(id: string): Promise<ReadCard> {
    const { cards, broken } = await all();
    const found = cards.get(id);
    if (!found) {
      const problem = broken.get(id);
      if (problem) throw problem;
      throw new HourglassError(
        'model-not-found',
        say('thereNoModelInstalled', { id, list: [...cards.keys()].join(', ') || 'none' }),
        { details: { model: id } },
      );
    }
    const { files } = found;
    const key = files.map(({ path, sha256 }) => `${path} ${sha256}`).join();
    const check = verified.get(key) ?? verifyAll(id, files);
    verified.set(key, check);
    await check;
    return found;
  }
}

/** What makes a card one of a kind is who read it. */
const isOfKind = (kind: CardKind | null, wanted: unknown): boolean =>
  kind !== null && kind === wanted;

const unsuitable = (message: string): HourglassError =>
  new HourglassError('model-unsuitable', message);

type CheckedFile = Pick<PartFile, 'path' | 'sha256'>;

/** A shipped id stays what it is, whatever lies in the person's folder. */
function merge(shipped: Found, user: Found): Found {
  const cards = new Map(shipped.cards);
  const broken = new Map([...user.broken, ...shipped.broken]);
  for (const [id, card] of user.cards)
    if (shipped.cards.has(id) || shipped.broken.has(id))
      broken.set(
        say('added', { id }),
        new HourglassError('model-damaged', say('addedModelNotUsedId', { id }), {
          hint: say('removeFolderAndAddNetwork'),
        }),
      );
    else cards.set(id, card);
  return { cards, broken };
}

async function discover(
  folder: string,
  origin: ModelCard['origin'],
  kinds: readonly CardKind[],
): Promise<Found> {
  const cards = new Map<string, ReadCard>();
  const broken = new Map<string, HourglassError>();
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const words = say('folderModelsCanNotRead', { folder });
    const unreadable = new HourglassError('model-not-found', words, { cause });
    if (origin === 'shipped') throw unreadable;
    // Most people add none; and whatever is wrong there, the shipped ones are at hand.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') broken.set(folder, unreadable);
    return [];
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // A leading dot: a model that is being added or removed.
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    try {
      const found = await readCard(join(folder, entry.name), origin, kinds);
      if (found) cards.set(found.card.id, found);
    } catch (error) {
      broken.set(entry.name, toHourglassError(error));
    }
  }
  return { cards, broken };
}

async function verifyAll(id: string, files: readonly CheckedFile[]): Promise<void> {
  for (const file of files) await verify(id, file);
}

/** @throws HourglassError model-damaged when the file is missing or is not the one of the card */
async function verify(id: string, { path, sha256 }: CheckedFile): Promise<void> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw new HourglassError('model-damaged', say('modelFileCanNotRead', { path }), {
      cause: error,
      details: { model: id },
    });
  }
  const actual = hash.digest('hex');
  if (actual !== sha256)
    throw new HourglassError(
      'model-damaged',
      say('modelFileDoesNotMatch', {
        path,
        actual: actual.slice(0, 12),
        sha256: sha256.slice(0, 12),
      }),
      { details: { model: id } },
    );
}

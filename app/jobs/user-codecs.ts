/**
 * Codecs of a person's own: found in a folder that holds one, or in that of a training, copied file by file as its card says, and tried in a throw-away
 * process before they count. Where they go is `user-models.ts`.
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { HourglassError, throwIfCancelled, type ModelInfo } from '../contract/index.ts';
import { fileSchema, fingerprint, told } from '../runtime/card.ts';
import { sawInWords } from '../runtime/training-data/words.ts';
import { say } from './sentences.ts';

/** Larger than any card. */
const LARGEST_CARD = 16e6;

const codecCard = z.looseObject({
  ...told,
  task: z.literal('latent'),
  bytes: z.undefined().optional(),
  sha256: z.undefined().optional(),
  parts: z.object({
    analysis: z.looseObject(fileSchema.shape),
    synthesis: z.looseObject(fileSchema.shape),
    entropy: fileSchema,
  }),
});
type CodecCard = z.infer<typeof codecCard>;

export interface FoundCodec {
  /** Absolute. */
  readonly folder: string;
  readonly card: CodecCard;
}

/**
 * The codec that a path means: a folder of one, its card, or a training that made one.
 * @returns null: it is none of these, but a network perhaps
 * @throws HourglassError model-unsuitable: a folder without a codec; model-damaged: its card is wrong
 */
export async function codecAt(path: string): Promise<FoundCodec | null> {
  const isFolder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isFolder && basename(path) !== 'card.json') return null;
  const folder = isFolder ? path : dirname(path);
  const beside = await taskIn(folder);
  if (beside === 'latent') return { folder, card: await cardIn(folder) };
  const inner = join(folder, 'latent');
  for (const name of await readdir(inner).catch((): string[] => []))
    if ((await taskIn(join(inner, name))) === 'latent')
      return { folder: join(inner, name), card: await cardIn(join(inner, name)) };
  throw new HourglassError('model-unsuitable', say('noCodecThere', { folder }), {
    hint: say('whatCodecsAre'),
  });
}

async function textIn(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, 'card.json'), 'utf8').catch(() => null);
  return text !== null && text.length <= LARGEST_CARD ? text : null;
}

async function taskIn(folder: string): Promise<unknown> {
  try {
    return (JSON.parse((await textIn(folder)) ?? 'null') as { task?: unknown } | null)?.task;
  } catch {
    return undefined;
  }
}

async function cardIn(folder: string): Promise<CodecCard> {
  const found = codecCard.safeParse(JSON.parse((await textIn(folder))!));
  if (found.success) return found.data;
  const { path, message } = found.error.issues[0]!;
  throw new HourglassError(
    'model-damaged',
    say('codecCardWrong', { path: join(folder, 'card.json'), field: path.join('.'), message }),
    { hint: say('copyCodecAgain') },
  );
}

/**
 * Copies what the card names, and the card under another id.
 * @param copy a file to another, with its checksum
 * @throws HourglassError model-damaged: a file is not the card's; as `copy`; cancelled
 */
export async function copyCodec(
  { folder, card }: FoundCodec,
  to: string,
  facts: {
    readonly id: string;
    readonly title?: string | undefined;
    readonly licence: string | null;
  },
  copy: (from: string, to: string) => Promise<{ readonly sha256: string }>,
  signal: AbortSignal,
): Promise<ModelInfo> {
  const { analysis, synthesis, entropy } = card.parts;
  for (const part of [analysis, synthesis, entropy]) {
    throwIfCancelled(signal);
    const { sha256 } = await copy(join(folder, part.file), join(to, part.file));
    if (sha256 !== part.sha256)
      throw new HourglassError(
        'model-damaged',
        say('codecFileOther', { path: join(folder, part.file) }),
        { hint: say('copyCodecAgain') },
      );
  }
  const { id, title = card.title, licence } = facts;
  // Only what is computed in 32 bits was checked.
  const bare = (part: typeof analysis) => ({ ...part, variants: [] });
  const own: CodecCard = {
    ...card,
    ...{ id, title, licence: licence ?? card.licence },
    parts: { analysis: bare(analysis), synthesis: bare(synthesis), entropy },
  };
  await writeFile(join(to, 'card.json'), `${JSON.stringify(own, null, 2)}\n`);
  const { version, purpose, quality, limits, saw } = own;
  return {
    ...{ id, version, title, task: 'latent', origin: 'user', purpose },
    ...{ licence: own.licence, precisions: ['fp32'], quality, limits },
    bytes: analysis.bytes + synthesis.bytes + entropy.bytes,
    sha256: fingerprint([analysis.sha256, synthesis.sha256, entropy.sha256]),
    ...(saw ? { learntFrom: sawInWords(saw) } : {}),
  };
}

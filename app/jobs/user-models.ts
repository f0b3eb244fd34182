/**
 * A person's own networks: added from an ONNX file, or from a TensorFlow.js model that becomes one, after a check in a throw-away process, kept in a
 * folder of their own in the form of the shipped ones, removed again. Runs in the host, which can start
 * processes. What the check tries is `runtime/probe/check-model.ts`; who reads the folder, `runtime/model-store.ts`.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import {
  HourglassError,
  invalidParameter,
  modelIdSchema,
  throwIfCancelled,
  type ModelInfo,
  type Notice,
  type Progress,
} from '../contract/index.ts';
import { decimal } from '../contract/sentences/index.ts';
import { makeFolders } from '../pixels/make-folders.ts';
import { removeTemporary, sweepTemporaries, temporaryNameIn } from '../pixels/temporaries.ts';
import { cardBeside, readCard, type CardFile } from '../runtime/card.ts';
import { createModelStore } from '../runtime/model-store.ts';
import {
  codecAnswerSchema,
  modelAnswerSchema,
  translationAnswerSchema,
  type ModelFindings,
} from '../runtime/probe/model-findings.ts';
import { sawSchema } from '../runtime/training-data/saw.ts';
import { throwAway, type LaunchProbe, type ThrowAwayOptions } from '../runtime/throw-away.ts';
import type { ModelCard } from '../runtime/types.ts';
import { say } from './sentences.ts';
import { copyCodec, type FoundCodec } from './user-codecs.ts';

/** Larger than any denoiser that finishes a photo; DRUNet has 130 MB. */
const LARGEST_FILE = 512 * 1024 ** 2;

/** Memory that the check may take, bytes. */
const CHECK_MEMORY = Math.min(8e9, totalmem() / 2);

/**
 * Time for the check: a large network takes a second or two for each of its twenty runs, and ONNX Runtime 80 s of the processor to lay out the memory of
 * 14,700 operators, which is what `@upscalerjs/maxim-denoising` has.
 */
const CHECK_MS = 900_000;

export interface UserModelsOptions {
  readonly launch: LaunchProbe;
  /** Absolute; made when the first model is added. */
  readonly folder: string;
  /** The shipped models, absolute: their ids are taken. */
  readonly shippedFolder: string;
  /** For tests. */
  readonly checkMs?: number;
  readonly checkMemoryBytes?: number;
}

export interface AddRequest {
  readonly path: string;
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly licence: string;
}

export interface AddedModel {
  readonly card: ModelCard;
  readonly checks: readonly string[];
  readonly notices: readonly Notice[];
}

export interface AddedCodec extends Omit<AddedModel, 'card'> {
  readonly model: ModelInfo;
}

export interface UserModels {
  /**
   * @throws HourglassError file-not-found, file-not-readable, invalid-parameter (the id is taken),
   *   model-unsuitable with what is wrong with it, output-not-writable, cancelled; nothing is left
   */
  add(
    request: AddRequest,
    signal: AbortSignal,
    onProgress?: (progress: Progress) => void,
  ): Promise<AddedModel>;
  /** The same of a codec. @throws HourglassError as `add`; model-damaged: a file is not what its card says */
  addCodec(
    codec: FoundCodec,
    request: Omit<AddRequest, 'path'>,
    signal: AbortSignal,
    onProgress?: (progress: Progress) => void,
  ): Promise<AddedCodec>;
  /** @throws HourglassError model-not-found, invalid-parameter for a shipped one, output-not-writable */
  remove(id: string): Promise<void>;
}

export function createUserModels(options: UserModelsOptions): UserModels {
  const { folder, shippedFolder } = options;
  const takenIds = async (): Promise<ReadonlySet<string>> => {
    const shipped = await createModelStore(shippedFolder).ids();
    const own = await readdir(folder).catch((): string[] => []);
    return new Set([...shipped, ...own]);
  };

  /**
   * @param fill writes all of it into an empty folder and says its id
   */
  async function install<T>(
    request: Pick<AddRequest, 'id'>,
    signal: AbortSignal,
    fill: (staging: string, taken: ReadonlySet<string>) => Promise<{ id: string; found: T }>,
  ): Promise<{ readonly id: string; readonly found: T }> {
    const taken = await takenIds();
    if (request.id !== undefined && taken.has(request.id))
      throw invalidParameter('id', say('freeId'), request.id);
    try {
      makeFolders(folder);
    } catch (error) {
      notWritable(folder)(error);
    }
    sweepTemporaries(folder);
    const staging = temporaryNameIn(folder);
    try {
      await mkdir(staging).catch(notWritable(folder));
      const { id, found } = await fill(staging, taken);
      throwIfCancelled(signal);
      // The folder appears whole; it is not empty, so another one of this name refuses.
      await rename(staging, join(folder, id)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST' || error.code === 'EPERM')
          throw invalidParameter('id', say('freeId'), id);
        return notWritable(folder)(error);
      });
      return { id, found };
    } finally {
      removeTemporary(staging);
    }
  }

  const telling =
    (onProgress: (progress: Progress) => void) =>
    (done: number, message: string): void =>
      onProgress({ done, total: 3, unit: 'steps', message });

  async function add(
    request: AddRequest,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void = () => undefined,
  ): Promise<AddedModel> {
    const tell = telling(onProgress);
    throwIfCancelled(signal);
    const path = resolve(request.path);
    await checkFile(path);
    refuseId(request.id, 'denoise');
    const { id, found: checks } = await install(request, signal, async (staging, taken) => {
      const file = join(staging, 'model.onnx');
      const source = await sourceOf(path, file, options, signal, (message) => tell(0, message));
      const facts = { bytes: source.bytes, sha256: source.sha256 };
      tell(1, say('tryingModel', { name: basename(path) }));
      const found = await examine(file, basename(path), options, signal);
      tell(2, say('addingModel', { name: basename(path) }));
      const name = basename(path, extname(path));
      const id: string = request.id ?? freeId('denoise', name, taken);
      const beside = await cardBeside(dirname(path), facts.sha256, besideFile);
      const title = request.title ?? (beside && titleFrom(beside.title)) ?? undefined;
      const saw = beside?.saw;
      const card = cardFor(found, { ...request, title, saw, id, path, ...facts });
      await writeFile(join(staging, 'card.json'), `${JSON.stringify(card, null, 2)}\n`).catch(
        notWritable(folder),
      );
      return { id, found: [...source.checks, ...found.checks] };
    });
    const written = await readCard(join(folder, id), 'user');
    if (written?.kind !== null) throw new HourglassError('internal', say('cardGone', { id }));
    return { card: written.card, checks, notices: licenceWords(request) };
  }

  async function addCodec(
    codec: FoundCodec,
    request: Omit<AddRequest, 'path'>,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void = () => undefined,
  ): Promise<AddedCodec> {
    const tell = telling(onProgress);
    const { title: name } = codec.card;
    refuseId(request.id, 'latent');
    const { found } = await install(request, signal, async (staging, taken) => {
      tell(0, say('copyingModel', { name }));
      const id = request.id ?? freeId('latent', codec.card.id.replace(/^latent-/, ''), taken);
      const licence = request.licence === 'not stated' ? null : request.licence;
      const facts = { id, title: request.title, licence };
      const copy = (from: string, to: string) => copyFile(from, to, signal);
      const model = await copyCodec(codec, staging, facts, copy, signal).catch(
        (error: unknown): never => {
          if (error instanceof HourglassError) throw error;
          return notWritable(folder)(error);
        },
      );
      tell(1, say('tryingModel', { name }));
      const outcome = await throwAway(
        ['codec', staging, String(memoryOf(options))],
        codecAnswerSchema,
        throwing(options, signal),
      );
      if (outcome.kind !== 'answer') throw unsuitable(name, outcome.reason);
      if ('refused' in outcome.value) throw unsuitable(name, outcome.value.refused);
      tell(2, say('addingModel', { name }));
      const check = say('codecGivesBack', { psnr: outcome.value.psnr.toFixed(1) });
      return { id, found: { model, checks: [check] } };
    });
    return { ...found, notices: licenceWords({ licence: found.model.licence }) };
  }

  async function remove(id: string): Promise<void> {
    // The schema also keeps names like ".." out.
    const isOwn =
      modelIdSchema.safeParse(id).success &&
      (await readdir(folder).catch((): string[] => [])).includes(id);
    if (!isOwn) {
      const shipped = (await createModelStore(shippedFolder).ids()).includes(id);
      if (shipped) throw invalidParameter('id', say('ownId'), id);
      throw new HourglassError('model-not-found', say('noSuchModel', { id }));
    }
    // First out of sight, in one step; then file by file.
    const leaving = temporaryNameIn(folder);
    await rename(join(folder, id), leaving).catch(notWritable(folder));
    removeTemporary(leaving);
  }

  return { add, addCodec, remove };
}

const unsuitable = (name: string, words: string): HourglassError =>
  new HourglassError('model-unsuitable', say('modelUnsuitable', { name, words }), {
    hint: say('whatModelsMustBe'),
  });

const notWritable =
  (folder: string) =>
  (cause: unknown): never => {
    throw new HourglassError('output-not-writable', say('modelsNotWritable', { folder }), {
      cause,
    });
  };

async function checkFile(path: string): Promise<void> {
  const name = basename(path);
  const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT'
      ? new HourglassError('file-not-found', say('fileNotThere', { name }), { cause })
      : new HourglassError('file-not-readable', say('fileNotReadable', { name }), { cause });
  });
  if (!facts.isFile()) throw new HourglassError('file-not-readable', say('notAFile', { name }));
  if (facts.size === 0) throw unsuitable(name, say('fileEmpty'));
  if (facts.size > LARGEST_FILE)
    throw unsuitable(
      name,
      say('fileTooLarge', {
        size: decimal(facts.size / 1024 ** 2),
        most: decimal(LARGEST_FILE / 1024 ** 2),
      }),
    );
}

/** The network as a file of ours, with what was found on the way: an ONNX file is copied, a model of TensorFlow.js translated. */
async function sourceOf(
  path: string,
  file: string,
  options: UserModelsOptions,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<{
  readonly sha256: string;
  readonly bytes: number;
  readonly checks: readonly string[];
}> {
  const name = basename(path);
  if (extname(path).toLowerCase() !== '.json') {
    tell(say('copyingModel', { name }));
    return { ...(await copyFile(path, file, signal)), checks: [] };
  }
  tell(say('translatingModel', { name }));
  const outcome = await throwAway(
    ['tfjs', path, file, String(memoryOf(options))],
    translationAnswerSchema,
    throwing(options, signal),
  );
  if (outcome.kind !== 'answer') throw unsuitable(name, outcome.reason);
  if ('refused' in outcome.value) throw unsuitable(name, outcome.value.refused);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash).catch(notWritable(file));
  const { size } = await stat(file);
  return { sha256: hash.digest('hex'), bytes: size, checks: [outcome.value.compared] };
}

const memoryOf = ({ checkMemoryBytes = CHECK_MEMORY }: UserModelsOptions): number =>
  Math.round(checkMemoryBytes);
const throwing = (
  { launch, checkMs = CHECK_MS }: UserModelsOptions,
  signal: AbortSignal,
): ThrowAwayOptions => ({ launch, timeoutMs: checkMs, signal });

/** A copy to work with: what is checked is what is installed, whatever happens to the original. */
async function copyFile(from: string, to: string, signal: AbortSignal) {
  const hash = createHash('sha256');
  let bytes = 0;
  const look = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > LARGEST_FILE ? unsuitable(basename(from), say('fileGrew')) : null, chunk);
    },
  });
  await pipeline(createReadStream(from), look, createWriteStream(to, { mode: 0o644 }), {
    signal,
  }).catch((cause: NodeJS.ErrnoException) => {
    throwIfCancelled(signal);
    if (cause instanceof HourglassError) throw cause;
    if (cause.path === to) return notWritable(to)(cause);
    throw new HourglassError(
      'file-not-readable',
      say('fileNotReadable', { name: basename(from) }),
      { cause },
    );
  });
  return { sha256: hash.digest('hex'), bytes };
}

async function examine(
  file: string,
  name: string,
  options: UserModelsOptions,
  signal: AbortSignal,
): Promise<ModelFindings> {
  const outcome = await throwAway(
    ['model', file, String(memoryOf(options))],
    modelAnswerSchema,
    throwing(options, signal),
  );
  if (outcome.kind !== 'answer') throw unsuitable(name, outcome.reason);
  if ('refused' in outcome.value) throw unsuitable(name, outcome.value.refused);
  return outcome.value.found;
}

/** A network that was trained here has a card beside it, which says what it is called and what it learnt from. */
const besideFile = z.object({
  sha256: z.string(),
  title: z.string(),
  saw: sawSchema.optional(),
});

function cardFor(
  { checks: _checks, ...found }: ModelFindings,
  {
    saw,
    ...facts
  }: AddRequest & {
    readonly id: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly saw: CardFile['saw'];
  },
): CardFile {
  return {
    id: facts.id,
    version: '1',
    title: facts.title ?? titleFrom(basename(facts.path, extname(facts.path))) ?? facts.id,
    task: 'denoise',
    purpose: say('addedPurpose'),
    licence: facts.licence,
    file: 'model.onnx',
    sha256: facts.sha256,
    bytes: facts.bytes,
    ...found,
    ...(saw ? { saw } : {}),
  };
}

/** Letters, digits and single blanks of a name; null: there are none. */
function titleFrom(name: string): string | null {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...words.join(' ')].slice(0, 40).join('') || null;
}

/** `<task>-<letters and digits of the name>`, with a number where that is taken. */
function freeId(task: 'denoise' | 'latent', given: string, taken: ReadonlySet<string>): string {
  const letters = given.normalize('NFKD').toLowerCase();
  const name = letters.replace(/[^a-z0-9]/g, '').slice(0, 24) || 'own';
  let id = `${task}-${name}`;
  for (let number = 2; taken.has(id); number++) id = `${task}-${name}-${number}`;
  return id;
}

/** Ids begin with what the model is for. */
function refuseId(id: string | undefined, task: 'denoise' | 'latent'): void {
  if (id !== undefined && !id.startsWith(`${task}-`))
    throw invalidParameter('id', say('idOfTask', { task }), id);
}

const licenceWords = ({ licence }: { readonly licence: string }): readonly Notice[] =>
  licence === 'not stated' ? [{ level: 'info', text: say('licenceNotStated') }] : [];

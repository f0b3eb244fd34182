/**
 * The installed latent models, ready for use: their networks, the parsed entropy model, and a coder whose
 * threads are kept. Which model a file needs is in its header (`container`).
 */
import { readFile } from 'node:fs/promises';
import { HourglassError } from '../contract/index.ts';
import type { EngineServices } from '../runtime/index.ts';
import { latentCards, type LatentCard } from './card.ts';
import { decoderFingerprint, requireModel, type LatentModel } from './container/index.ts';
import {
  createLatentCoder,
  parseEntropyModel,
  type EntropyModel,
  type LatentCoder,
} from './entropy/index.ts';
import { say } from './sentences.ts';

/** What `auto` means. */
const DEFAULT_MODEL = 'latent-photo';

export interface Codec {
  readonly card: LatentCard;
  readonly entropy: EntropyModel;
  /** As headers name it. */
  readonly identity: LatentModel;
}

type Models = Pick<EngineServices, 'models'>;

/** By checksum: parsing proves bounds over all weights, and is done once. */
const parsed = new Map<string, EntropyModel>();

/** @throws HourglassError model-not-found, model-damaged, model-unsuitable */
export async function openCodec({ models }: Models, id: string): Promise<Codec> {
  const card = await models.ofKind(latentCards, id === 'auto' ? DEFAULT_MODEL : id);
  const { analysis, synthesis, entropy } = card.parts;
  let model = parsed.get(entropy.sha256);
  if (!model) {
    model = parseEntropyModel(await readFile(entropy.path));
    parsed.set(entropy.sha256, model);
  }
  if (
    analysis.output.channels !== model.channels ||
    synthesis.input.imageChannels !== model.channels + 1
  )
    throw new HourglassError(
      'model-damaged',
      say('partsModelDoNotFit', {
        id: card.id,
        channels: analysis.output.channels,
        modelChannels: model.channels,
      }),
    );
  return codecOfCard(card, model);
}

/** @param entropy that of the card */
export const codecOfCard = (card: LatentCard, entropy: EntropyModel): Codec => ({
  ...{ card, entropy, identity: identityOf(card) },
});

const identityOf = ({ id, version, parts }: LatentCard): LatentModel => ({
  id,
  version,
  fingerprint: decoderFingerprint({
    entropy: parts.entropy.sha256,
    synthesis: parts.synthesis.sha256,
  }),
});

/**
 * The codec that a file was made for.
 * @param name of the file, for sentences
 * @throws HourglassError model-not-found, model-unsuitable, model-damaged
 */
export async function codecOf(name: string, wanted: LatentModel, services: Models): Promise<Codec> {
  const installed = (await services.models.listKind(latentCards)).map(identityOf);
  return openCodec(services, requireModel(name, wanted, installed).id);
}

/** The coder of each entropy model; its threads start with work and do not keep the process. */
const coders = new Map<EntropyModel, Promise<LatentCoder>>();

/**
 * Lends a coder. With a number of threads it is one of its own, which ends with the work.
 * @param threads undefined: as many as the process may use
 */
export async function withCoder<T>(
  { entropy }: Codec,
  threads: number | undefined,
  work: (coder: LatentCoder) => Promise<T>,
): Promise<T> {
  if (threads === undefined) {
    let coder = coders.get(entropy);
    if (!coder) {
      coder = createLatentCoder(entropy);
      coders.set(entropy, coder);
      coder.catch(() => coders.delete(entropy));
    }
    return work(await coder);
  }
  const own = await createLatentCoder(entropy, { threads });
  try {
    return await work(own);
  } finally {
    await own.close();
  }
}

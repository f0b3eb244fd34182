/**
 * A codec of a person's own: the halves of a network that learnt from their pictures, and the entropy model that their codes ask for
 * (`entropy-fit.ts`), as a model folder like the shipped one's; measured beside the shipped one on pictures that it has not learnt from.
 */
import { createHash } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HourglassError, throwIfCancelled, type CommandContext } from '../../contract/index.ts';
import { removeTemporary, temporaryNameIn } from '../../pixels/temporaries.ts';
import { completeMetadata, type Raster } from '../../pixels/index.ts';
import { writeWhole } from '../../pixels/write-whole.ts';
import { readCard, type EngineServices } from '../../runtime/index.ts';
import { analyseAll } from '../analyse.ts';
import { latentCards, type LatentCard } from '../card.ts';
import { codecOfCard, openCodec, withCoder, type Codec } from '../codec.ts';
import { encodeEntropyModel } from '../entropy/index.ts';
import { CELL, latentGrid } from '../grid.ts';
import { SquaredError } from '../psnr.ts';
import { thereAndBack } from '../rates.ts';
import type { SourceFacts } from '../source.ts';
import { say } from '../sentences.ts';
import { fitEntropy, type ExampleLatents } from './entropy-fit.ts';

/** Two networks as `analysis` and `synthesis` of a model's card are. */
export interface Halves {
  /** ONNX: `input` [1, 3, S, S] in [0, 1] to `output` [1, channels, S / 8, S / 8], of which the first three are means of 8 × 8 in an opponent basis. */
  readonly analysis: Uint8Array;
  /** ONNX: `input` [1, channels + 1, s, s] to `output` [1, 3, 8 s, 8 s]. */
  readonly synthesis: Uint8Array;
  readonly channels: number;
  /** Pixels, both. */
  readonly halo: number;
  readonly multipleOf: number;
  readonly bytesPerPixel: number;
}

export interface OwnCodecRequest {
  /** Absolute; what is there of a codec is replaced, whole. */
  readonly folder: string;
  readonly halves: Halves;
  /** What the card says besides. Its id is the name of the folder. */
  readonly card: Readonly<Record<'title' | 'purpose' | 'licence', string>> & {
    readonly limits: readonly string[];
    readonly saw: unknown;
    readonly training: unknown;
  };
  /** Squares that the network learnt from, [3][side][side] in [0, 1]; sides are multiples of 8. */
  readonly learnt: readonly { readonly side: number; readonly data: Float32Array }[];
  /** Pictures that it did not. */
  readonly heldBack: readonly Raster[];
}

/** What all held-back pictures take together, and how near they come back; the shipped codec at the same size. */
export interface OwnCodecRate {
  readonly quality: number;
  readonly bytes: number;
  /** dB */
  readonly psnr: number;
  /** dB; null: the shipped codec does not come to this size. */
  readonly shipped: number | null;
}

const OWN_QUALITIES = [20, 50, 80] as const;
const SHIPPED_QUALITIES = [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100] as const;

/** @throws HourglassError output-not-writable, cancelled; as `Inference.run`. Nothing is left then, and what was there stays */
export async function makeOwnCodec(
  request: OwnCodecRequest,
  context: Pick<CommandContext, 'signal'>,
  services: EngineServices,
): Promise<readonly OwnCodecRate[]> {
  const { folder, halves, card, heldBack } = request;
  const { signal } = context;
  const shipped = await openCodec(services, 'auto');
  const { tables, firstCoded, rdo } = shipped.entropy;
  const examples = await latentsOf(request, services, signal);
  const model = await fitEntropy(examples, halves.channels, { tables, firstCoded, rdo }, signal);
  const files = {
    analysis: { file: 'analysis.onnx', data: halves.analysis },
    synthesis: { file: 'synthesis.onnx', data: halves.synthesis },
    entropy: { file: 'entropy.bin', data: encodeEntropyModel(model) },
  };
  const parent = dirname(folder);
  const staging = temporaryNameIn(parent);
  try {
    // The folder has the model's name: a card must stand in one of its own id.
    const place = join(staging, basename(folder));
    await mkdir(place, { recursive: true });
    for (const { file, data } of Object.values(files)) await writeWhole(join(place, file), data);
    const write = async (quality: readonly OwnCodecRate[]): Promise<LatentCard> => {
      const text = JSON.stringify(cardOf(request, files, quality), null, 2);
      await writeWhole(join(place, 'card.json'), `${text}\n`);
      const read = await readCard(place, 'user', [latentCards]);
      return read!.card as LatentCard;
    };
    const own = codecOfCard(await write([]), model);
    const measured = [
      await ratesOf(own, heldBack, OWN_QUALITIES, services, signal),
      await ratesOf(shipped, heldBack, SHIPPED_QUALITIES, services, signal),
    ] as const;
    const rates = measured[0].map((one) => ({ ...one, shipped: atSize(measured[1], one.bytes) }));
    await write(rates);
    throwIfCancelled(signal);
    removeTemporary(folder);
    await rename(place, folder);
    return rates;
  } catch (error) {
    // What the system says of a file; everything else is none of the folder's.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const words = say('codecNotWritable', { folder });
    throw new HourglassError('output-not-writable', words, { cause: error });
  } finally {
    removeTemporary(staging);
  }

  function cardOf(
    { halves: { channels, halo, multipleOf, bytesPerPixel } }: OwnCodecRequest,
    { analysis, synthesis, entropy }: typeof files,
    rates: readonly OwnCodecRate[],
  ) {
    const facts = ({ file, data }: { file: string; data: Uint8Array }) => ({
      file,
      sha256: createHash('sha256').update(data).digest('hex'),
      bytes: data.length,
    });
    const network = { halo, memory: { fixedBytes: 40e6, bytesPerPixel } };
    return {
      id: basename(folder),
      version: '1',
      task: 'latent',
      ...card,
      quality: rates.map(({ bytes, psnr }) => ({
        set: say('heldBackPictures', { count: heldBack.length }),
        noise: say('inAll', { bytes }),
        ...{ metric: say('psnrUnit'), value: Math.round(psnr * 100) / 100 },
      })),
      beside: rates,
      parts: {
        analysis: {
          ...facts(analysis),
          input: { name: 'input', imageChannels: 3, cell: 1, multipleOf },
          output: { name: 'output', channels, cell: CELL },
          ...network,
        },
        synthesis: {
          ...facts(synthesis),
          input: { name: 'input', imageChannels: channels + 1, cell: CELL, multipleOf },
          output: { name: 'output', channels: 3, cell: 1 },
          ...network,
        },
        entropy: facts(entropy),
      },
    };
  }
}

/** Latents of squares that the network learnt from. */
async function latentsOf(
  { halves, learnt }: OwnCodecRequest,
  { inference }: Pick<EngineServices, 'inference'>,
  signal: AbortSignal,
): Promise<readonly ExampleLatents[]> {
  const { analysis, channels } = halves;
  const graph = await inference.openGraph(analysis, { threads: 1 });
  try {
    const found: ExampleLatents[] = [];
    for (const { side, data } of learnt) {
      throwIfCancelled(signal);
      const cells = side / CELL;
      const { into } = await graph.run(
        { input: { data: data.slice(), shape: [1, 3, side, side] } },
        {
          output: {
            data: new Float32Array(channels * cells * cells),
            shape: [1, channels, cells, cells],
          },
        },
      );
      found.push({ y: into.output!.data, columns: cells, rows: cells });
    }
    return found;
  } finally {
    await graph.close();
  }
}

/** Size and error of all pictures together, at each quality. */
async function ratesOf(
  codec: Codec,
  pictures: readonly Raster[],
  qualities: readonly number[],
  services: EngineServices,
  signal: AbortSignal,
): Promise<readonly Omit<OwnCodecRate, 'shipped'>[]> {
  const silent = { signal, progress: () => undefined };
  const bytes = qualities.map(() => 0);
  const errors = qualities.map(() => new SquaredError());
  const { inference, software } = services;
  const metadata = await completeMetadata({
    ...{ icc: null, exif: null, xmp: null, iptc: null, pngColour: null, resolution: null },
    ...{ orientation: 1, accessedMs: 0, modifiedMs: 0 },
  });
  // Its threads end with the work: a codec that is being made is used once.
  await withCoder(codec, 1, async (coder) => {
    for (const raster of pictures) {
      const grid = latentGrid(raster);
      const network = codec.card.parts.analysis;
      const { store } = await analyseAll(
        { raster, grid, network, inference, device: 'cpu' },
        silent,
      );
      try {
        for (const [at, quality] of qualities.entries()) {
          throwIfCancelled(signal);
          const file = {
            ...{ image: { path: '', metadata }, raster, facts: factsOf(raster), padding: null },
            ...{ codec, quality, cleanedWith: null, software },
          };
          const back = await thereAndBack(
            { file, store, grid, coder, device: 'cpu', name: '' },
            silent,
            services,
          );
          bytes[at]! += back.bytes;
          errors[at]!.add(raster, 0, back.raster.data, raster.height);
        }
      } finally {
        await store.close();
      }
    }
  });
  return qualities.map((quality, at) => ({ quality, bytes: bytes[at]!, psnr: errors[at]!.psnr }));
}

const factsOf = ({ channels }: Raster): SourceFacts => ({
  ...{ tones: channels === 1 ? 'gray' : 'colour', hasAlpha: false, sampleType: 'uint8' },
  ...{ bitDepth: 8, lossyScan: false },
});

/** Between two sizes by their logarithm. */
function atSize(rates: readonly Omit<OwnCodecRate, 'shipped'>[], bytes: number): number | null {
  for (const [at, high] of rates.entries()) {
    const low = rates[at - 1];
    if (!low || bytes < low.bytes || bytes > high.bytes) continue;
    const share = Math.log(bytes / low.bytes) / Math.log(high.bytes / low.bytes);
    return low.psnr + (Number.isFinite(share) ? share : 0) * (high.psnr - low.psnr);
  }
  return null;
}

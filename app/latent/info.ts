/** `info` and `verify`: what a latent file says of itself, and whether it is still as it was written. */
import { basename } from 'node:path';
import type { CommandContext, Commands, OutputOf, ParsedInputOf } from '../contract/index.ts';
import type { LatentTile } from '../contract/latent.ts';
import type { EngineServices } from '../runtime/index.ts';
import { withCoder } from './codec.ts';
import { openLatentFile, type LatentFile } from './container/index.ts';
import { InFlight } from './in-flight.ts';
import { codecFor, decodedScale, metadataOf } from './open-picture.ts';
import { DecodedTiles } from './tile-latents.ts';
import { say } from './sentences.ts';

/** Nothing is decoded to pixels here, so a file may be larger than what can be shown. */
const MOST_MEGAPIXELS = 2000;

async function withFile<T>(source: string, work: (file: LatentFile) => Promise<T>): Promise<T> {
  const file = await openLatentFile(source, { limits: { maxMegapixels: MOST_MEGAPIXELS } });
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

interface Checked {
  readonly damaged: readonly LatentTile[];
  readonly hash: string;
}

/** Decodes the streams of all tiles; no network from pixels or to them is used. */
async function checkTiles(
  file: LatentFile,
  name: string,
  threads: number | undefined,
  { signal, progress }: CommandContext,
  services: EngineServices,
): Promise<Checked> {
  const codec = await codecFor(name, file, services);
  return withCoder(codec, threads, async (coder) => {
    const tiles = new DecodedTiles(file, coder, signal, true);
    const checking = new InFlight(coder.threads + 1);
    tiles.keep(coder.threads + 2);
    let done = 0;
    const total = file.tiles.length;
    for (const { index } of file.tiles)
      await checking.add(async () => {
        await tiles.get(index);
        done += 1;
        progress({ done, total, unit: 'tiles', message: say('checkedTile', { done, total }) });
      });
    await checking.done();
    return { damaged: tiles.damaged, hash: tiles.hash()! };
  });
}

export async function verify(
  input: ParsedInputOf<Commands['verify']>,
  context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['verify']>> {
  const { source, threads } = input;
  const name = basename(source);
  return withFile(source, async (file) => {
    const { damaged, hash } = await checkTiles(file, name, threads, context, services);
    const sameBytes = await file.verifyContent(context.signal);
    await readMetadata(file);
    const problems = [
      ...file.notices.map(({ text }) => text),
      ...damaged.map(({ column, row, state }) => say('tileDamaged', { column, row, state })),
    ];
    if (!sameBytes && problems.length === 0) problems.push(say('notByteForByteWhat', { name }));
    return {
      source,
      ok: problems.length === 0,
      tiles: file.tiles.length,
      damaged: [...damaged],
      hash,
      problems,
    };
  });
}

/** Reads what is not tiles; what is wrong with it becomes a notice of the file. */
async function readMetadata(file: LatentFile) {
  const metadata = await metadataOf(file, { accessedMs: 0, modifiedMs: 0 });
  const { header } = file;
  for (let row = 0; row * header.tileSide < header.height; row++) {
    if (header.hasAlpha) await file.readAlpha(row);
    if (header.measured?.keepsPadding) await file.readPadding(row);
  }
  return metadata;
}

export async function info(
  input: ParsedInputOf<Commands['info']>,
  context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['info']>> {
  const { source, threads } = input;
  const name = basename(source);
  return withFile(source, async (file) => {
    const { header } = file;
    const installed = await codecFor(name, file, services).catch(() => null);
    const checked = installed ? await checkTiles(file, name, threads, context, services) : null;
    const metadata = await readMetadata(file);
    const { cleanedWith } = await file.metadata();
    const sameBytes = await file.verifyContent(context.signal);
    const states = new Map(
      checked?.damaged.map(({ column, row, state }) => [`${column} ${row}`, state]),
    );
    return {
      source,
      bytes: file.info.bytes,
      formatVersion: file.info.formatVersion,
      software: header.software,
      width: header.width,
      height: header.height,
      tones: header.tones === 'gray' ? 1 : 3,
      hasAlpha: header.hasAlpha,
      sourceBits: header.bitDepth,
      lossyScan: header.lossyScan,
      scale: decodedScale(header),
      keepsPadding: header.measured?.keepsPadding === true,
      quality: header.quality,
      step: header.step,
      bitsPerPixel: (8 * file.info.bytes) / (header.width * header.height),
      model: { ...header.model, installed: installed !== null },
      cleaned: cleanedWith,
      profileName: metadata.profileName,
      metadata: file.info.chunks.map(({ type, bytes }) => ({ kind: type, bytes })),
      tiles: file.tiles.map(({ column, row, previewBytes, restBytes }) => ({
        column,
        row,
        state: checked ? (states.get(`${column} ${row}`) ?? 'intact') : 'unknown',
        bytes: previewBytes + restBytes,
        previewBytes,
      })),
      hash: checked?.hash ?? null,
      notices: [...file.notices],
      ok: sameBytes && (checked?.damaged.length ?? 0) === 0 && file.notices.length === 0,
    };
  });
}

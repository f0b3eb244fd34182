/**
 * The weights of a TensorFlow.js model: from the files beside its model.json to numbers by name. A group's files are one run of bytes, its
 * weights lie in it one after another, little-endian.
 * Source: tfjs-core `src/io/io_utils.ts` (`decodeWeights`), version 4.22: quantised ones are value · scale + min.
 */
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { decimal } from '../../contract/sentences/index.ts';
import { sizeOf } from '../onnx-graph.ts';
import type { Manifest, WeightEntry } from './model-json.ts';
import { shown, unsuitable } from './refuse.ts';
import { say } from './sentences.ts';

export type Kind = 'float' | 'int' | 'bool';

/** A constant of any rank, channels last as TensorFlow has it; booleans are 0 and 1. */
export interface Weight {
  readonly kind: Kind;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export type Weights = ReadonlyMap<string, Weight>;

/** Bytes, of the files and of the numbers that they become: as much as an ONNX file may have. */
export const LARGEST_WEIGHTS = 512 * 1024 ** 2;

/** Bytes of a group's files, in its order. */
export type ReadGroup = (paths: readonly string[], most: number) => Promise<Uint8Array>;

export interface ReadWeights {
  readonly weights: Weights;
  /** All groups as one run, as TensorFlow.js takes them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly entries: readonly WeightEntry[];
}

/**
 * @throws HourglassError model-unsuitable naming the file or the weight: missing, elsewhere, too short, too long, of a type that is not known
 */
export async function readWeights(manifest: Manifest, read: ReadGroup): Promise<ReadWeights> {
  const entries = manifest.flatMap(({ weights }) => weights);
  refuseLarge(entries);
  const weights = new Map<string, Weight>();
  const groups: Uint8Array[] = [];
  for (const group of manifest) {
    const expected = group.weights.reduce((sum, entry) => sum + bytesOf(entry), 0);
    const bytes = await read(group.paths, expected);
    const files = group.paths.join(', ');
    const facts = {
      files: shown(files),
      bytes: decimal(bytes.length),
      expected: decimal(expected),
    };
    if (bytes.length < expected)
      throw unsuitable(say('shardCut', { ...facts, shard: shown(group.paths.at(-1) ?? '') }));
    if (bytes.length > expected) throw unsuitable(say('shardLong', facts));
    let at = 0;
    for (const entry of group.weights) {
      const length = bytesOf(entry);
      if (weights.has(entry.name))
        throw unsuitable(say('weightTwice', { name: shown(entry.name) }));
      weights.set(entry.name, decoded(entry, new Uint8Array(bytes.subarray(at, at + length))));
      at += length;
    }
    groups.push(bytes);
  }
  return { weights, bytes: joined(groups), entries };
}

/** Reads from a model.json's own folder. @throws HourglassError model-unsuitable */
export const groupsBeside =
  (model: string): ReadGroup =>
  async (paths, most) => {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (const shard of paths) {
      // Nothing outside of the folder is read for a stranger's file.
      if (shard === '' || shard === '.' || shard === '..' || /[/\\\0]/.test(shard))
        throw unsuitable(say('shardElsewhere', { shard: shown(shard) }));
      const file = await open(join(dirname(model), shard)).catch((cause: NodeJS.ErrnoException) => {
        throw unsuitable(
          cause.code === 'ENOENT'
            ? say('shardMissing', { shard: shown(shard), model: basename(model) })
            : say('shardUnreadable', { shard: shown(shard) }),
          cause,
        );
      });
      try {
        // One byte more than wanted tells that there are too many.
        const room = Buffer.alloc(
          Math.min((await file.stat()).size, Math.max(0, most - length) + 1),
        );
        const { bytesRead } = await file.read(room, 0, room.length, 0);
        parts.push(room.subarray(0, bytesRead));
        length += bytesRead;
      } catch (cause) {
        throw unsuitable(say('shardUnreadable', { shard: shown(shard) }), cause);
      } finally {
        await file.close();
      }
    }
    return joined(parts);
  };

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const bytesPerValue: Readonly<Record<string, number>> = {
  ...{ float32: 4, int32: 4, bool: 1 },
  ...{ uint8: 1, uint16: 2, float16: 2 },
};

/** @throws HourglassError model-unsuitable for a type that is not known */
function bytesOf({ name, shape, dtype, quantization }: WeightEntry): number {
  if (!Object.hasOwn(kinds, dtype))
    throw unsuitable(say('unknownType', { name: shown(name), type: shown(dtype) }));
  const stored = quantization?.dtype ?? dtype;
  if (quantization && !['uint8', 'uint16', 'float16'].includes(stored))
    throw unsuitable(say('unknownQuantisation', { name: shown(name), type: shown(stored) }));
  return sizeOf(shape) * bytesPerValue[stored]!;
}

const kinds: Readonly<Record<string, Kind>> = { float32: 'float', int32: 'int', bool: 'bool' };

function refuseLarge(entries: readonly WeightEntry[]): void {
  const bytes = entries.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  if (!(bytes <= LARGEST_WEIGHTS))
    throw unsuitable(
      say('tooLarge', {
        what: say('weights'),
        size: decimal(bytes / 1024 ** 2),
        most: decimal(LARGEST_WEIGHTS / 1024 ** 2),
      }),
    );
}

/** @param bytes a copy, so that it begins where numbers may begin */
function decoded(entry: WeightEntry, bytes: Uint8Array): Weight {
  const { name, shape, dtype, quantization } = entry;
  const kind = kinds[dtype]!;
  const { buffer } = bytes;
  const whole = (data: ArrayLike<number>): Weight => ({
    ...{ kind, shape },
    data: kind === 'float' ? new Float32Array(data) : new Int32Array(data),
  });
  if (quantization?.dtype === 'float16') return whole(fromHalves(new Uint16Array(buffer)));
  if (quantization) {
    const { scale, min } = quantization;
    if (scale === undefined || min === undefined)
      throw unsuitable(say('quantisationLacks', { name: shown(name) }));
    const codes = quantization.dtype === 'uint8' ? bytes : new Uint16Array(buffer);
    const values = Float64Array.from(codes, (code) => code * scale + min);
    return whole(kind === 'int' ? values.map(Math.round) : values);
  }
  if (kind === 'bool') return whole(bytes);
  return {
    kind,
    shape,
    data: kind === 'float' ? new Float32Array(buffer) : new Int32Array(buffer),
  };
}

/** IEEE 754 binary16. */
function fromHalves(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half >> 15 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return exponent === 0
      ? sign * 2 ** -24 * fraction
      : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
  });
}

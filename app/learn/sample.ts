/** `sample`: new pictures of a variational network: drawn, between two others, or along one unit; and the nearest that was learnt from. */
import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { HourglassError, invalidParameter, throwIfCancelled } from '../contract/index.ts';
import { decimal } from '../contract/sentences/index.ts';
import { writeWhole } from '../pixels/write-whole.ts';
import type { EngineServices, Handler } from '../runtime/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { codesAlong, codesBetween, decoderOf, drawnCodes, generates } from './decoder.ts';
import { generatedPng, sourceTypes } from './generated.ts';
import { hashOf, readImages, shrunk, type ImageFileOf, type See } from './images.ts';
import { kinds, seesWhole } from './kinds.ts';
import { wholeSide } from './learn.ts';
import { fileOf, ports, type Plan } from './network.ts';
import { nearestOf, type Near } from './nearest.ts';
import { say } from './sentences.ts';
import { planOf, trainingIn } from './trained.ts';

type Asked = Parameters<Handler<'sample'>>;
interface Around {
  readonly see: See;
  readonly context: Asked[1];
  readonly services: Asked[2];
  readonly maxMegapixels: Asked[0]['maxMegapixels'];
}

/** Held-back squares whose distance is told of beside. */
const MOST_HELD = 16;

/** @param see what networks see of an image */
export const createSample =
  (see: See): Handler<'sample'> =>
  async (input, context, services) => {
    const { training, unit, ends, file } = input;
    const around: Around = { see, context, services, maxMegapixels: input.maxMegapixels };
    const from = await generatorIn(training);
    const plan = planOf(from);
    const { width, patch } = plan.settings;
    if (unit !== undefined && unit > width)
      throw invalidParameter('unit', say('unitOf', { width }), unit);
    if (unit !== undefined && ends.length > 1)
      throw invalidParameter('unit', say('unitOrWay'), unit);
    if (unit === undefined && ends.length === 1)
      throw invalidParameter('between', say('twoEnds'), ends.length);
    if (file && extname(file.path).toLowerCase() !== '.png')
      throw invalidParameter('out', say('asPng'), file.path);
    if (file && existsSync(file.path)) throw isThere(file.path);
    const codes = await codesOf(plan, from.best, input, around);
    const squares = await decoded(plan, from.best, codes, services.inference);
    const { nearest, typical } = await nearestIn(plan, from, squares, input.near, around);
    throwIfCancelled(context.signal);
    const { tones } = plan;
    if (file) {
      const across =
        unit === undefined && ends.length < 2 ? Math.ceil(Math.sqrt(codes.length)) : codes.length;
      const places = withBelow(squares, nearest, across);
      const made =
        unit !== undefined
          ? say('madeUnit', { unit })
          : ends.length === 2
            ? say('madeWay')
            : say('madeSamples', { seed: input.seed, temperature: decimal(input.temperature) });
      const isMixed = nearest.length > 0;
      const bytes = await generatedPng(
        places,
        { tones, patch, across, zoom: file.zoom },
        {
          software: services.software,
          action: isMixed ? say('withNearest', { made }) : made,
          type: isMixed ? sourceTypes.beside : sourceTypes.generated,
        },
      );
      await writeWhole(file.path, bytes).catch((cause: unknown) => {
        const { path } = file;
        throw new HourglassError('output-not-writable', say('sampleNotWritable', { path }), {
          cause,
        });
      });
    }
    return {
      ...{ side: patch, tones, typical, file: file?.path ?? null },
      squares: squares.map((square) => levelsOf(square, tones)),
      nearest: nearest.map((near) =>
        near === null
          ? null
          : {
              ...{ path: near.path, distance: Number((255 * near.distance).toFixed(2)) },
              square: levelsOf(near.square, tones),
            },
      ),
    };
  };

const isThere = (path: string): HourglassError =>
  new HourglassError('output-exists', say('sampleThere', { path }), { hint: say('nameAnother') });

/** @throws HourglassError file-not-found: there is none; invalid-parameter: it is of another kind */
async function generatorIn(training: string): Promise<Checkpoint> {
  const from = await trainingIn(training);
  const { settings } = from.head;
  if (!generates({ settings }))
    throw new HourglassError('invalid-parameter', say('makesNothing', { kind: settings.kind }), {
      hint: say('needsVariational'),
      details: { name: 'training' },
    });
  return from;
}

async function codesOf(
  plan: Plan,
  weights: Float32Array,
  { ends, unit, count, seed, temperature }: Asked[0],
  around: Around,
): Promise<Float32Array[]> {
  const { width } = plan.settings;
  const given: Float32Array[] = [];
  for (const end of ends)
    given.push('path' in end ? await encoded(plan, weights, end, around) : codeFrom(end, width));
  const steps = Math.max(2, count);
  // The middle of all codes, where none is given.
  if (unit !== undefined) return codesAlong(given[0] ?? new Float32Array(width), unit - 1, steps);
  if (given.length === 2) return codesBetween(given[0]!, given[1]!, steps);
  return drawnCodes(width, { count, seed, temperature });
}

function codeFrom(values: readonly number[], width: number): Float32Array {
  if (values.length !== width || !values.every(Number.isFinite))
    throw invalidParameter('ends', String(width), values.length);
  return new Float32Array(values);
}

/** Of a picture: all of it, or the square in its middle. */
async function encoded(
  plan: Plan,
  weights: Float32Array,
  image: ImageFileOf,
  around: Around,
): Promise<Float32Array<ArrayBuffer>> {
  const { settings, tones } = plan;
  const { patch, width } = settings;
  const seen = around.see(await decode(image, 0, around));
  if (Math.min(seen.width, seen.height) < patch)
    throw invalidParameter(
      'between',
      say('endTooSmall', {
        ...{ name: basename(image.path), width: seen.width, height: seen.height, side: patch },
      }),
      image.path,
    );
  const whole = wholeSide(settings);
  let data = new Float32Array(tones * patch * patch);
  if (whole === null)
    seen.read(
      { x: (seen.width - patch) >> 1, y: (seen.height - patch) >> 1 },
      ...([patch, data, tones] as const),
    );
  else {
    const small = shrunk(seen, patch).data;
    data = Float32Array.from(data, (_, i) => small[i % small.length]!);
  }
  const graph = await around.services.inference.openGraph(fileOf(plan, weights), { threads: 1 });
  try {
    const answer = await graph.run(
      { [ports.input]: { data, shape: [1, tones, patch, patch] } },
      { [ports.code]: { data: new Float32Array(width), shape: [1, width] } },
    );
    return new Float32Array(answer.into[ports.code]!.data);
  } finally {
    await graph.close();
  }
}

const decode = (image: ImageFileOf, frame: number, { context, services, maxMegapixels }: Around) =>
  services.documents.sourceImage({
    ...{ document: undefined, path: image.path, files: image.files, frame },
    ...{ signal: context.signal, maxMegapixels },
  });

/** Planar squares, [tones, patch, patch] each. */
async function decoded(
  plan: Plan,
  weights: Float32Array,
  codes: readonly Float32Array[],
  inference: Pick<EngineServices['inference'], 'openGraph'>,
): Promise<Float32Array[]> {
  const { tones, settings } = plan;
  const { width, patch } = settings;
  const rows = codes.length;
  const data = new Float32Array(rows * width);
  codes.forEach((code, row) => data.set(code, row * width));
  const values = tones * patch * patch;
  const graph = await inference.openGraph(decoderOf(plan, weights, rows), { threads: 1 });
  try {
    const answer = await graph.run(
      { code: { data, shape: [rows, width] } },
      { output: { data: new Float32Array(rows * values), shape: [rows, tones, patch, patch] } },
    );
    const all = answer.into.output!.data;
    return codes.map((_, row) => all.slice(row * values, (row + 1) * values));
  } finally {
    await graph.close();
  }
}

/** @throws HourglassError invalid-parameter: none of the pictures was learnt from */
async function nearestIn(
  plan: Plan,
  { head }: Checkpoint,
  squares: readonly Float32Array[],
  near: readonly ImageFileOf[],
  around: Around,
): Promise<{
  readonly nearest: readonly ((Near & { readonly path: string }) | null)[];
  readonly typical: number | null;
}> {
  if (near.length === 0) return { nearest: [], typical: null };
  const { settings, tones } = plan;
  const { signal } = around.context;
  const wanted = new Set([...head.images.learnt, ...head.images.heldBack]);
  const paths = new Map<string, ImageFileOf>();
  for (const image of near) {
    throwIfCancelled(signal);
    const sha256 = await hashOf(image.files, signal);
    if (wanted.has(sha256)) paths.set(sha256, image);
  }
  if (!head.images.learnt.some((sha256) => paths.has(sha256)) || paths.size < 2)
    throw new HourglassError('invalid-parameter', say('noneLearnt'), {
      hint: say('giveLearnt'),
      details: { name: 'near' },
    });
  const images = await readImages({
    ...{ images: [...paths.values()], side: settings.patch, whole: wholeSide(settings) },
    ...{ seed: settings.seed, see: around.see, signal },
    decode: (image, frame) => decode(image, frame, around),
    told: (done, of, name) =>
      around.context.progress({ done, total: of, unit: 'files', message: name }),
  });
  const all = [...images.learnt, ...images.heldBack];
  const learnt = all.filter(({ sha256 }) => head.images.learnt.includes(sha256));
  const heldBack = all.filter(({ sha256 }) => head.images.heldBack.includes(sha256));
  const { patch } = settings;
  const turns = seesWhole(kinds[settings.kind], settings) ? 2 : 8;
  const looked = { tones, patch, turns };
  const distances = nearestOf(
    heldBack.slice(0, MOST_HELD).map(({ pieces }) => squareOf(pieces[0]!, tones, patch)),
    ...([learnt, looked] as const),
  )
    .flatMap((one) => one?.distance ?? [])
    .sort((a, b) => a - b);
  const middle = distances[distances.length >> 1];
  return {
    nearest: nearestOf(squares, learnt, looked).map(
      (one) => one && { ...one, path: paths.get(learnt[one.image]!.sha256)!.path },
    ),
    typical: middle === undefined ? null : Number((255 * middle).toFixed(2)),
  };
}

/** The square in the middle of a piece. */
function squareOf(
  { side, data }: { readonly side: number; readonly data: Float32Array },
  tones: number,
  patch: number,
): Float32Array {
  const from = (side - patch) >> 1;
  const square = new Float32Array(tones * patch * patch);
  for (let tone = 0, to = 0; tone < tones; tone++)
    for (let y = 0; y < patch; y++)
      for (let x = 0; x < patch; x++, to++)
        square[to] = data[(tone * side + from + y) * side + from + x]!;
  return square;
}

/** Rows of squares, below each the nearest of them. */
function withBelow(
  squares: readonly Float32Array[],
  nearest: readonly (Near | null)[],
  across: number,
): (Float32Array | null)[] {
  if (nearest.length === 0) return [...squares];
  const places: (Float32Array | null)[] = [];
  for (let from = 0; from < squares.length; from += across)
    for (const row of [squares, nearest.map((near) => near && near.square)])
      for (let at = from; at < from + across; at++) places.push(row[at] ?? null);
  return places;
}

/** 8 bits a sample, interleaved. */
function levelsOf(square: Float32Array, tones: number): string {
  const plane = square.length / tones;
  const bytes = Buffer.alloc(square.length);
  for (let i = 0; i < plane; i++)
    for (let tone = 0; tone < tones; tone++)
      bytes[i * tones + tone] = Math.max(
        0,
        Math.min(255, Math.round(255 * square[tone * plane + i]!)),
      );
  return bytes.toString('base64');
}

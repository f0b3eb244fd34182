/** A training on the disk, as the host keeps it beside what the engine writes: its name, what it learns from, how it went. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  measuredSchema,
  noticeSchema,
  trainingCodesSchema,
  trainingCurveSchema,
  type ExploringNetwork,
  type TrainingCurve,
  type TrainingEntry,
  type TrainingPoint,
} from '../../contract/index.ts';
import { failureSchema } from '../../contract/jobs.ts';
import { hasCode, hasWayBack } from '../../contract/learn-kinds.ts';
import { recall, remember } from '../../pixels/remembered.ts';

/** What is learnt from: a folder, which is walked anew, or files. */
const sourceSchema = z.union([
  z.object({ folder: z.string() }),
  z.object({ images: z.array(z.object({ path: z.string(), files: z.array(z.string()) })) }),
]);
export type TrainingSource = z.infer<typeof sourceSchema>;

const recordSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  kind: z.string(),
  begun: z.string(),
  from: z.string(),
  source: sourceSchema,
  settings: z.record(z.string(), z.unknown()),
  state: z.enum(['running', 'stopped', 'done', 'failed']),
  curve: trainingCurveSchema,
  ended: z.string().nullable(),
  quality: z.array(measuredSchema),
  notices: z.array(noticeSchema),
  /** As last told; null: it has no code, or is of before it was kept. */
  codes: trainingCodesSchema.nullable().default(null),
  network: z.object({ id: z.string(), title: z.string() }).nullable(),
  /** A codec lies beside its network. */
  codec: z.boolean().default(false),
  problem: failureSchema.nullable(),
});
export type TrainingRecord = z.infer<typeof recordSchema>;

const fileIn = (folder: string): string => join(folder, 'training.json');

/** @throws Error of the file system */
export const keepRecord = (folder: string, record: TrainingRecord): Promise<void> =>
  remember(fileIn(folder), record);

/** Trainings in a folder, by id; what is damaged or foreign is none. A training of a host that was killed is stopped. */
export async function recordsIn(folder: string): Promise<Map<string, TrainingRecord>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const records = new Map<string, TrainingRecord>();
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const record = await recall(fileIn(join(folder, entry.name)), (value) =>
      recordSchema.parse(value),
    );
    if (!record) continue;
    const state = record.state === 'running' ? 'stopped' : record.state;
    records.set(entry.name, { ...record, state });
  }
  return records;
}

/** Networks of trainings that pictures can be compared or judged by, newest first, and where each training lies. */
export async function networksIn(
  folder: string,
): Promise<readonly (ExploringNetwork & { readonly place: string })[]> {
  return [...(await recordsIn(folder))]
    .filter(([, { kind, state }]) => state === 'done' && hasCode(kind))
    .sort(([, one], [, other]) => (one.begun < other.begun ? 1 : -1))
    .map(([id, { name, kind }]) => ({
      ...{ id, name, kind, rebuilds: hasWayBack(kind), place: join(folder, id) },
    }));
}

/** What it takes on the disk, bytes. */
export async function sizeOnDisk(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export function entryOf(id: string, record: TrainingRecord, bytes: number): TrainingEntry {
  const { name, kind, begun, state, from, curve, ended, quality, notices } = record;
  const { network, codec, problem } = record;
  return {
    ...{ id, name, kind, begun, state, from, bytes, ended, quality, notices },
    ...{ network, codec, problem },
    ...{ error: bestOf(curve), steps: curve.step, seconds: curve.seconds },
  };
}

const bestOf = ({ points }: TrainingCurve): number | null =>
  points.length === 0 ? null : Math.min(...points.map(({ heldBack }) => heldBack));

/** Points that are kept: more than a chart has pixels for would be sent with each event. */
const MOST_POINTS = 240;

/** With one more point; steps that are gone through again take the place of what they were. */
export function withPoint(
  points: readonly TrainingPoint[],
  point: TrainingPoint,
): readonly TrainingPoint[] {
  const all = [...points.filter(({ step }) => step < point.step), point];
  if (all.length <= MOST_POINTS) return all;
  const best = all.reduce((one, other) => (other.heldBack < one.heldBack ? other : one));
  // Every second one of the older half, but never without the best.
  const half = Math.floor(all.length / 2);
  return all.filter((one, at) => at >= half || at % 2 === 0 || one === best);
}

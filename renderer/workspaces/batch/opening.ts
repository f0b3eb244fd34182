/** A file of the run in the viewer: beside what was written of it, or beside what the run's settings make of it. */
import { batchDeskOf, batchOf } from './desk.svelte.ts';
import { cleanDeskOf } from '../clean/desk.svelte.ts';
import type { Workbench } from '../../state/workbench.svelte.ts';
import type { Batch } from './batch.svelte.ts';

/** What a row is opened as: its result where there is one. */
export function openRow(bench: Workbench, batch: Batch, place: number): void {
  if (batch.hasResult(place)) void openResult(bench, batch, place);
  else openInViewer(bench, batch, place);
}

/** The file that was written, read back beside its source. */
export async function openResult(bench: Workbench, batch: Batch, place: number): Promise<void> {
  const found = await batch.result(place);
  const { session } = bench;
  // Meanwhile somebody may have gone elsewhere.
  const desk = batchDeskOf(session);
  if (!found || session.desk !== desk) return;
  if (bench.mode === 'original') bench.mode = 'split';
  desk.look(session, found);
}

/** Goes to the Clean workspace, where it is compared with its original. */
export function openInViewer(bench: Workbench, batch: Batch, place: number): void {
  const file = batch.files[place];
  if (!file?.source) return;
  const { session } = bench;
  session.enter('clean');
  session.addAdmitted([{ source: file.source, name: file.name, bytes: file.bytes }]);
  const entry = session.entries.find(({ source }) => source === file.source);
  if (!entry) return;
  session.select(entry);
  cleanDeskOf(session).give(batchOf(session).settings, [entry]);
}

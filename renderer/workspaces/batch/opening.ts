/** A file of the run in the viewer: beside what the run's settings make of it. */
import { batchOf } from './desk.svelte.ts';
import { cleanDeskOf } from '../clean/desk.svelte.ts';
import type { Workbench } from '../../state/workbench.svelte.ts';
import type { Batch } from './batch.svelte.ts';

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

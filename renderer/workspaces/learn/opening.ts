/** From a network that was learnt to the workspace that uses it. */
import { cleanDeskOf } from '../clean/desk.svelte.ts';
import { compressDeskOf } from '../compress/desk.svelte.ts';
import type { Workbench } from '../../state/workbench.svelte.ts';

/** Goes to Clean, where the photo in front is cleaned with it, or else the next one can be. */
export function cleanWith(bench: Workbench, model: string): void {
  const { session } = bench;
  session.enter('clean');
  const { active } = session;
  if (active && !active.error) cleanDeskOf(session).useModel(active, model);
}

/** Goes to Compress, where the photo in front is compressed with it, or else the next one can be. */
export function compressWith({ session }: Workbench, model: string): void {
  session.enter('compress');
  const { active } = session;
  if (active && !active.error) compressDeskOf(session).useModel(active, model);
}

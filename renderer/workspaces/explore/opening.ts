/** Between what is explored and the film strip, where every other workspace has what was found. */
import { selectAll } from '../../state/selection.ts';
import type { Workbench } from '../../state/workbench.svelte.ts';
import type { Exploring } from './exploring.svelte.ts';

/** Goes to Clean with these pictures in the strip, the first one in front. @param places at least one */
export function openPictures(
  bench: Workbench,
  { pictures }: Exploring,
  places: readonly number[],
): void {
  const files = places.flatMap((place) => pictures[place] ?? []);
  const { session } = bench;
  session.enter('clean');
  session.addAdmitted(files);
  const chosen = files.flatMap(
    ({ source }) => session.entries.find((entry) => entry.source === source) ?? [],
  );
  const [first] = chosen;
  if (!first) return;
  session.select(first);
  session.selected = selectAll(chosen);
}

/** Whether these files, in any order, are what is explored. */
export function areExplored({ pictures }: Exploring, sources: readonly string[]): boolean {
  const asked = new Set(sources);
  return asked.size === pictures.length && pictures.every(({ source }) => asked.has(source));
}

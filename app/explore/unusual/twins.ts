/** Which good pictures are near copies of a picture: by their looks (`../descriptor.ts`), which are remembered of the good folder, and by what is where. */
import { throwIfCancelled } from '../../contract/index.ts';
import type { Described } from '../descriptor.ts';
import type { Entry } from '../looks-index.ts';
import { areOne } from '../same.ts';
import { alike } from '../search.ts';

/** Good ones that a picture is laid beside: what lies between them is good too. */
const MOST_TWINS = 3;
/** Pictures that are looked at to see what kind they are. */
const LOOKED_AT = 24;
/** Share of them that must have a near copy among the good ones. */
const MOSTLY = 0.8;
/** Nearest ones whose detail is compared. */
const NEAREST = 8;

/** The nearest first. @param without path of the picture itself */
export function twinsOf(
  { vector, mirrored, tiny }: Described,
  goods: readonly Entry[],
  without: string,
): readonly Entry[] {
  return goods
    .filter(({ path }) => path !== without)
    .map((entry) => ({ entry, ...alike({ vector, mirrored }, entry) }))
    .filter(({ isMirrored }) => !isMirrored)
    .sort((one, other) => other.form - one.form)
    .slice(0, NEAREST)
    .filter(({ entry, form }) => areOne(tiny, entry.tiny, form, false))
    .slice(0, MOST_TWINS)
    .map(({ entry }) => entry);
}

/** Whether pictures are mostly near copies of good ones. @param described null: it can not be read */
export async function areLaidOut(
  paths: readonly string[],
  described: (path: string) => Promise<Described | null>,
  goods: readonly Entry[],
  signal: AbortSignal,
): Promise<boolean> {
  const step = Math.max(1, paths.length / LOOKED_AT);
  let [looked, twins] = [0, 0];
  for (let at = 0; at < paths.length; at += step) {
    throwIfCancelled(signal);
    const path = paths[Math.floor(at)]!;
    const one = await described(path);
    if (!one) continue;
    looked++;
    if (twinsOf(one, goods, path).length > 0) twins++;
  }
  return looked > 0 && twins >= MOSTLY * looked;
}

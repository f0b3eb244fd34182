/** What becomes of an attribute when an object is de-identified: the table of `profile-data.ts`, and the rules beside it. */
import type { Retained } from '../../../contract/dicom-object.ts';
import { attributeOf, isPrivate, withoutRepeat } from '../dictionary.ts';
import { profileRows } from './profile-data.ts';

/** dummy: something of the same VR that means nothing. kept: with its items looked at one by one. */
export type Fate = 'kept' | 'removed' | 'emptied' | 'dummy' | 'mapped';

interface Row {
  readonly fate: Fate;
  readonly retainedBy: readonly Retained[];
}

const fates: Readonly<Record<string, Fate>> = {
  X: 'removed',
  Z: 'emptied',
  D: 'dummy',
  U: 'mapped',
  // References to other images: what they refer to is another one in each item.
  'U*': 'kept',
};

let table: ReadonlyMap<number, Row> | null = null;

function readTable(): ReadonlyMap<number, Row> {
  const rows = new Map<number, Row>();
  for (const [key, tags] of Object.entries(profileRows)) {
    const [actions, ...retainedBy] = key.split(' ') as [string, ...Retained[]];
    // An emptied or a dummy value is valid wherever removing would be; the other way round it depends on the IOD.
    const fate = fates[actions.split('/').at(-1)!]!;
    for (const text of tags.split(' ')) {
      const tag = parseInt(text, 16);
      rows.set(tag, { fate: tag === REFERENCED_STUDY ? 'removed' : fate, retainedBy });
    }
  }
  return rows;
}

/** Referenced Study Sequence, X/Z: an image may do without one (PS3.3, C.7.2.1), but not with an empty one. */
const REFERENCED_STUDY = 0x0008_1110;

/** Curves and overlays: of the latter the table has data and comments alone, but the rest means nothing without. */
const isGraphic = (tag: number): boolean => tag >>> 24 === 0x50 || tag >>> 24 === 0x60;

/** @param vr as PS3.6 or the file says it */
export function fateOf(tag: number, vr: string, retain: readonly Retained[]): Fate {
  if (isPrivate(tag) || isGraphic(tag)) return 'removed';
  table ??= readTable();
  const row = table.get(withoutRepeat(tag));
  if (row) return row.retainedBy.some((one) => retain.includes(one)) ? 'kept' : row.fate;
  // What PS3.6 has not, nobody can say to be harmless; names of people are not, wherever they stand.
  if (!attributeOf(tag)) return 'removed';
  return vr === 'PN' ? 'emptied' : 'kept';
}

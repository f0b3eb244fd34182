/** How fast slices are played, and why, in words. */
import type { DocumentInfo } from '../../app/contract/index.ts';
import { number } from '../state/format.ts';
import { say } from './sentences.ts';

/** Slices per second, where the file asks for no other, and the most that a screen shows. */
export const playRate = { usual: 15, most: 60 } as const;

type CineElement = NonNullable<DocumentInfo['cine']>['said'];

export interface Pace {
  /** How long the slice that is shown stays. */
  readonly milliseconds: number;
  /** Which element of the file says so; null: none does. */
  readonly said: CineElement | null;
  /** The file asks for more than a screen shows. */
  readonly held: boolean;
}

export function paceOf(cine: DocumentInfo['cine']): Pace {
  const least = 1000 / playRate.most;
  const asked = cine?.milliseconds ?? 1000 / playRate.usual;
  return { milliseconds: Math.max(asked, least), said: cine?.said ?? null, held: asked < least };
}

export function paceWords({ milliseconds, said, held }: Pace): string {
  const rate = number(1000 / milliseconds, 1);
  if (said === null) return say('paceUsual', { rate });
  const element = say('cineElement', { said });
  if (held) return say('paceMost', { element, rate });
  return said === 'FrameTimeVector'
    ? say('paceUneven', { element, milliseconds: number(milliseconds, 1) })
    : say('paceEven', { element, rate });
}

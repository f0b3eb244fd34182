/** The networks that latent files can be made with. */
import type { Catalogue } from '../../state/catalogue.svelte.ts';
import { say } from './sentences.ts';
import { usualCodec } from './settings.ts';

interface CodecChoice {
  readonly value: string;
  readonly label: string;
}

/** The usual one first; one that is chosen and no longer there stays in sight, as what it is. */
export function codecChoices(
  { models }: Pick<Catalogue, 'models'>,
  chosen: string,
): readonly CodecChoice[] {
  const own = (models ?? [])
    .filter(({ task, origin }) => task === 'latent' && origin === 'user')
    .map(({ id, title }) => ({ value: id, label: title }));
  const known = chosen === usualCodec || own.some(({ value }) => value === chosen);
  return [
    { value: usualCodec, label: say('usualCodec') },
    ...own,
    ...(known ? [] : [{ value: chosen, label: say('codecGone', { id: chosen }) }]),
  ];
}

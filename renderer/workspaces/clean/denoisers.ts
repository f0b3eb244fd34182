/** The networks that clean, of those that are installed. */
import type { ModelInfo } from '../../../app/contract/index.ts';
import type { Catalogue } from '../../state/catalogue.svelte.ts';

/** null: not known yet. */
export const denoisersOf = ({ models }: Pick<Catalogue, 'models'>): readonly ModelInfo[] | null =>
  models?.filter(({ task }) => task === 'denoise') ?? null;

/** From what a person gave to what a training is: whole, checked, and as it was begun where it is resumed. */
import { HourglassError, invalidParameter } from '../contract/index.ts';
import type { KindId } from '../contract/learn-kinds.ts';
import { kinds, type OptionId, type Options } from './kinds.ts';
import { say } from './sentences.ts';

/** Everything that decides what is learnt, but for the images. */
export interface Settings extends Options {
  readonly kind: KindId;
}

export type Given = { readonly kind?: KindId | undefined } & {
  readonly [K in OptionId]?: Options[K] | undefined;
};

/** Of kinds that do not have an option; no layer or loss looks at it. */
const unused: Options = {
  ...{ patch: 64, batch: 16, rate: 1e-3, seed: 1, loss: 'mse', width: 1, channels: 4, depth: 0 },
  ...{ sigma: 0, blind: 'pixel', sparsity: 0, beta: 0, start: 'random' },
  ...{ temperature: 1, augment: 0, scope: 'squares' },
};
const optionIds = Object.keys(unused) as OptionId[];

/** @throws HourglassError invalid-parameter: an option that the kind does not have, or that does not fit */
export function settingsOf(given: Given): Settings {
  const id = given.kind ?? 'denoising';
  const kind = kinds[id];
  const { defaults } = kind;
  for (const option of optionIds)
    if (given[option] !== undefined && !(option in defaults))
      throw invalidParameter(option, say('nothingOfKind', { kind: id }), given[option]);
  const chosen = Object.fromEntries(
    optionIds
      .filter((option) => given[option] !== undefined)
      .map((option) => [option, given[option]]),
  );
  const settings = { ...unused, ...defaults, ...chosen, kind: id } as Settings;
  if ('loss' in defaults && !kind.losses.includes(settings.loss))
    throw invalidParameter('loss', say('oneOf', { values: kind.losses.join(', ') }), settings.loss);
  const step = kind.multipleOf(settings);
  // A square of one cell has nothing around it.
  if (settings.patch % step !== 0 || settings.patch < 2 * step)
    throw invalidParameter(
      'patch',
      say('multipleOf', { step, least: Math.max(8, 2 * step) }),
      settings.patch,
    );
  return settings;
}

/** @throws HourglassError invalid-parameter: something else than the training was begun with */
export function asBegun(begun: Settings, given: Given): Settings {
  for (const name of ['kind', ...optionIds] as const) {
    const value = given[name];
    if (value !== undefined && value !== begun[name])
      throw new HourglassError(
        'invalid-parameter',
        say('asBegun', { name, begun: String(begun[name]), value: String(value) }),
        { hint: say('beginAnother'), details: { name } },
      );
  }
  return begun;
}

/** What can be turned of each kind: its bounds on the page, and the words beside it. Defaults are the contract's. */
import type { DeviceId, DeviceReport } from '../../../app/contract/index.ts';
import {
  kindDefaults,
  kindLosses,
  type KindId,
  type LearnOptionId,
  type LearnOptions,
} from '../../../app/contract/learn-kinds.ts';
import { number } from '../../state/format.ts';
import { say } from './sentences.ts';

/** Long enough to be worth something, short enough to be waited for. */
export const usualMinutes = 5;

export interface NumberOption {
  readonly option: LearnOptionId;
  readonly label: string;
  /** What turning it does, in one sentence. */
  readonly help: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit?: string;
}

export interface ChoiceOption {
  readonly option: 'loss' | 'blind' | 'start' | 'scope';
  readonly label: string;
  readonly help: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export const usualOf = <O extends LearnOptionId>(kind: KindId, option: O): LearnOptions[O] =>
  kindDefaults[kind][option] as LearnOptions[O];

const has = (kind: KindId, option: LearnOptionId): boolean => option in kindDefaults[kind];

/** Sides of squares must be multiples of what halvings leave of them. */
const patchStep = (kind: KindId, depth: number): number => (has(kind, 'channels') ? 2 ** depth : 1);

/** What a kind is about, and then what few need. */
export function numbersOf(
  kind: KindId,
  depth: number,
): { readonly main: readonly NumberOption[]; readonly more: readonly NumberOption[] } {
  const convolutional = kind === 'convolutional';
  const all: readonly (NumberOption & { readonly main: boolean })[] = [
    {
      ...{ option: 'width', label: say('width'), main: true, min: 1, max: 256, step: 1 },
      help: convolutional ? say('widthChannelsHelp') : say('widthHelp'),
    },
    {
      ...{ option: 'sigma', label: say('sigma'), main: true, min: 1, max: 80, step: 1 },
      ...{ unit: say('levels'), help: say('sigmaHelp') },
    },
    {
      ...{ option: 'sparsity', label: say('sparsity'), main: true, min: 0, max: 100, step: 0.005 },
      help: say('sparsityHelp'),
    },
    {
      ...{ option: 'beta', label: say('beta'), main: true, min: 0, max: 1000, step: 0.1 },
      help: say('betaHelp'),
    },
    {
      ...{ option: 'augment', label: say('augment'), main: true, min: 0, max: 1, step: 0.1 },
      help: say('augmentHelp'),
    },
    {
      ...{ option: 'temperature', label: say('temperature'), main: false, min: 0.01, max: 10 },
      ...{ step: 0.05, help: say('temperatureHelp') },
    },
    {
      ...{ option: 'channels', label: say('channels'), main: has(kind, 'sigma'), min: 4, max: 128 },
      ...{ step: 1, help: say('channelsHelp') },
    },
    {
      ...{ option: 'depth', label: say('depth'), main: false, min: 1, max: 4, step: 1 },
      help: has(kind, 'channels') ? say('depthHalvingsHelp') : say('depthLayersHelp'),
    },
    {
      ...{ option: 'patch', label: say('patch'), main: false, min: 8, max: 256 },
      ...{ step: patchStep(kind, depth), unit: say('pixels'), help: say('patchHelp') },
    },
    {
      ...{ option: 'batch', label: say('batch'), main: false, min: 1, max: 256, step: 1 },
      help: say('batchHelp'),
    },
    {
      ...{ option: 'rate', label: say('rate'), main: false, min: 0.000001, max: 1, step: 0.0005 },
      help: say('rateHelp'),
    },
    {
      ...{ option: 'seed', label: say('seed'), main: false, min: 0, max: 2 ** 31 - 1, step: 1 },
      help: say('seedHelp'),
    },
  ];
  const own = all.filter(({ option }) => has(kind, option));
  return { main: own.filter(({ main }) => main), more: own.filter(({ main }) => !main) };
}

export function choicesOf(kind: KindId): {
  readonly main: readonly ChoiceOption[];
  readonly more: readonly ChoiceOption[];
} {
  const main: readonly ChoiceOption[] = [
    {
      ...{ option: 'blind', label: say('blind'), help: say('blindHelp') },
      choices: [
        { value: 'auto', label: say('blindAuto') },
        { value: 'pixel', label: say('blindPixel') },
        { value: 'recorrupted', label: say('blindRecorrupted') },
        { value: 'half', label: say('blindHalf') },
      ],
    },
    {
      ...{ option: 'scope', label: say('scope'), help: say('scopeHelp') },
      choices: [
        { value: 'squares', label: say('scopeSquares') },
        { value: 'whole', label: say('scopeWhole') },
      ],
    },
    {
      ...{ option: 'start', label: say('startWith'), help: say('startWithHelp') },
      choices: [
        { value: 'random', label: say('startRandom') },
        { value: 'pca', label: say('startPca') },
      ],
    },
  ];
  const words = { mse: say('lossMse'), l1: say('lossL1'), bce: say('lossBce') };
  const loss: ChoiceOption = {
    ...{ option: 'loss', label: say('loss'), help: say('lossHelp') },
    choices: kindLosses[kind].map((value) => ({ value, label: words[value] })),
  };
  return {
    main: main.filter(({ option }) => has(kind, option)),
    more: loss.choices.length > 1 ? [loss] : [],
  };
}

/**
 * What a setting means for these pictures, beside what turning it does; null: nothing that is known before they are read.
 * @param count of pictures, those that are held back included
 */
export function forTheseWords(
  kind: KindId,
  option: LearnOptionId,
  {
    count,
    width,
    patch,
    scope,
  }: Readonly<Partial<Pick<LearnOptions, 'width' | 'patch' | 'scope'>>> & {
    readonly count: number | null;
  },
): string | null {
  if (option !== 'width' || width === undefined || patch === undefined) return null;
  // Others have a code of each place, or of no square.
  if (kind === 'convolutional' || kind === 'siamese') return null;
  const learnt = count === null ? null : count - Math.max(1, Math.round(count / 10));
  if (scope === 'whole' && learnt !== null && width >= learnt)
    return say('widthByHeart', { learnt });
  const gray = patch * patch;
  return say('widthOfSquare', {
    ...{ gray, colour: 3 * gray, share: number((100 * width) / (3 * gray), 1) },
    fits: width >= 3 * gray ? 'none' : width >= gray ? 'colour' : 'both',
  });
}

/** As the engine takes them; whether they fit is its business. */
export const settingsOf = (
  kind: KindId,
  turned: Readonly<Partial<Record<LearnOptionId, unknown>>>,
  limits: {
    readonly minutes: number;
    readonly stopEarly: boolean;
    readonly device?: DeviceId;
  },
): Record<string, unknown> => ({ kind, ...turned, ...limits });

/** What may compute a training: devices that passed their check; none, where there is no choice. */
export function devicesOf(
  reports: readonly DeviceReport[],
): readonly { readonly value: DeviceId; readonly label: string }[] {
  const usable = reports.filter((report) => report.usable);
  return usable.some(({ id }) => id !== 'cpu')
    ? usable.map(({ id, label }) => ({ value: id, label }))
    : [];
}

/** A kind as a person chooses it. */
export const kindWords = (kind: KindId): { readonly title: string; readonly about: string } =>
  ({
    denoising: { title: say('denoising'), about: say('denoisingAbout') },
    noise2void: { title: say('noise2void'), about: say('noise2voidAbout') },
    convolutional: { title: say('convolutional'), about: say('convolutionalAbout') },
    linear: { title: say('linear'), about: say('linearAbout') },
    basic: { title: say('basic'), about: say('basicAbout') },
    sparse: { title: say('sparse'), about: say('sparseAbout') },
    variational: { title: say('variational'), about: say('variationalAbout') },
    siamese: { title: say('siamese'), about: say('siameseAbout') },
  })[kind];

export const kindGroups: readonly { readonly label: string; readonly kinds: readonly KindId[] }[] =
  [
    {
      get label() {
        return say('groupClean');
      },
      kinds: ['denoising', 'noise2void'],
    },
    {
      get label() {
        return say('groupDescribe');
      },
      kinds: ['convolutional', 'linear', 'basic', 'sparse', 'variational', 'siamese'],
    },
  ];

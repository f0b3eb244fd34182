/** The card of a network that was learnt, as it is written: one that cleans has that of every denoiser, the others that of `card.ts`. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { modelIdSchema } from '../contract/domain.ts';
import type { Saw } from '../runtime/index.ts';
import type { TrainingQuality } from '../contract/learn.ts';
import { cleans, decodes, kinds, reachOf, seesWhole, takesMap } from './kinds.ts';
import { inputChannels, ports, type Plan } from './network.ts';
import { say } from './sentences.ts';
import type { Together } from './together.ts';
import type { Trained } from './trainer.ts';

/** Largest halo that a card may say. */
const MOST_HALO = 512;

/** What is written into `card.json`. @param folder of the training, for the id */
export function cardOf(
  plan: Plan,
  { head, ended }: Pick<Trained, 'head' | 'ended'>,
  {
    folder,
    bytes,
    quality,
    limits,
    saw,
    together,
  }: {
    readonly folder: string;
    readonly bytes: Uint8Array;
    readonly quality: readonly TrainingQuality[];
    readonly limits: readonly string[];
    readonly saw: Saw;
    readonly together: readonly Together[];
  },
): Readonly<Record<string, unknown>> {
  const { settings, tones, half } = plan;
  const kind = kinds[settings.kind];
  const task = cleans(kind) ? 'denoise' : 'autoencoder';
  const layers = kind.layers(settings, tones);
  const multipleOf = kind.multipleOf(settings) * (half ? 2 : 1);
  return {
    id: idFor(task, folder) ?? `${task}-${settings.kind}`,
    version: '1',
    title: basename(folder).slice(0, 80),
    task,
    kind: settings.kind,
    purpose: say('purpose', { task, kind: settings.kind }),
    licence: say('ownLicence'),
    file: 'model.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    ...(task === 'denoise'
      ? {
          input: { name: ports.input, imageChannels: tones, noiseMap: takesMap(kind), multipleOf },
          output: { name: ports.output },
          halo: Math.min(MOST_HALO, roundedUp(reachOf(layers) * (half ? 2 : 1), multipleOf)),
        }
      : {
          input: {
            ...{ name: ports.input, channels: inputChannels(plan), multipleOf },
            side: kind.anySize ? null : settings.patch,
          },
          output: decodes(kind) ? { name: ports.output } : null,
          sees: seesWhole(kind, settings) ? 'whole' : 'squares',
          code: { name: ports.code, width: settings.width },
        }),
    quality: quality.map(({ measure, unit, network }) => ({
      ...{ set: say('heldBackSet'), noise: measure, metric: unit, value: network },
    })),
    limits,
    saw,
    training: {
      settings: Object.fromEntries(
        ['kind', ...Object.keys(kind.defaults)].map((option) => [
          option,
          settings[option as keyof typeof settings],
        ]),
      ),
      range: say('rangeRule'),
      layers,
      ...{ steps: head.step, best: head.best.step, ended, parameters: head.parameters },
      ...{ seconds: Math.round(head.seconds), device: head.device },
      heldBackLoss: head.best.heldBack,
      beside: quality.map(({ measure, unit, beside }) => ({ measure, unit, beside })),
      // Contents alone: names of files may say whose they are.
      images: head.images,
      together,
    },
  };
}

const roundedUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** The folder's name, where it is an id already: models lie in folders of their ids. Else one with its letters and digits; null: it has none. */
function idFor(task: string, folder: string): string | null {
  const own = basename(folder);
  if (modelIdSchema.safeParse(own).success && own.startsWith(`${task}-`)) return own;
  const letters = own
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return letters ? `${task}-${letters.slice(0, 24)}` : null;
}

/**
 * What a command that answers and writes no files prints for people: devices, models, what a latent file says of itself.
 * With `--json` the output of the command is printed as it is (`cli.ts`).
 */
import type {
  CommandId,
  Commands,
  DeviceReport,
  ModelInfo,
  OutputOf,
} from '../../contract/index.ts';
import { isScanInfo, type LatentInfo } from '../../contract/info.ts';
import { printable } from '../shared/printable.ts';
import { headings, table } from './columns.ts';
import { scanInfoWords } from './scan-info.ts';
import { sizeWords } from './words.ts';
import { scaleWords, windowWords } from '../../contract/latent-words.ts';
import { fixed } from '../../contract/sentences/index.ts';
import { say } from './sentences.ts';

/** "1.31 MP/s", and behind it what 8 bits do where they were tried. */
function speedWords({ megapixelsPerSecond, int8 }: DeviceReport): string {
  if (megapixelsPerSecond === null) return '–';
  const words = say('speed', { speed: fixed(megapixelsPerSecond, 2) });
  return int8 ? say('speedIn8Bits', { words, speed: fixed(int8.megapixelsPerSecond, 2) }) : words;
}

export function devicesTable(devices: readonly DeviceReport[]): string {
  const rows = devices.map((device) => [
    device.id,
    device.label,
    device.usable ? say('used') : say('notUsed'),
    speedWords(device),
    device.reason,
  ]);
  return table([headings(say('deviceColumns')), ...rows]);
}

/** One model: what it is for, its licence, its limits. */
export function modelWords(model: ModelInfo): string {
  const facts = [
    model.title,
    model.origin === 'user' ? say('addedByYou') : null,
    say('megabytes', { size: fixed(model.bytes / 1e6, 1) }),
    model.precisions.includes('int8') ? say('alsoIn8Bits') : null,
    say('licence', { licence: model.licence }),
  ];
  return [
    `${model.id} ${model.version}  ${facts.filter((fact) => fact !== null).join(', ')}`,
    ...(model.purpose === '' ? [] : [`  ${model.purpose}`]),
    ...(model.learntFrom ? [`  ${say('learntFrom', { what: model.learntFrom })}`] : []),
    ...model.limits.map((limit) => `  · ${limit}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const modelsWords = ({ models, problems }: OutputOf<Commands['models']>): string =>
  [...models.map(modelWords), ...problems.map((problem) => `${problem}\n`)].join('\n');

const addedWords = ({ model, checks, notices }: OutputOf<Commands['addModel']>): string =>
  `${modelWords(model)}\n${[...checks, ...notices.map(({ text }) => text)].map((line) => `  ${line}\n`).join('')}`;

/** Two trainings, a column each. */
function comparedWords({
  trainings,
  sameHeldBack,
  sameError,
}: OutputOf<Commands['compareTrainings']>): string {
  const [one, other] = [trainings[0]!, trainings[1]!];
  const known = [one, other].flatMap(({ quality }) => quality);
  const measures = new Map(known.map((each) => [`${each.measure} ${each.unit}`, each]));
  const measured = (of: typeof one, name: string): string => {
    const found = of.quality.find(({ measure, unit }) => `${measure} ${unit}` === name);
    return found ? fixed(found.network, 2) : '–';
  };
  const error = ({ heldBack }: typeof one): string =>
    heldBack === null ? '–' : String(Number(heldBack.toPrecision(4)));
  return `${table([
    ['', one.folder, other.folder],
    [say('trainingKind'), one.kind, other.kind],
    [say('trainingSteps'), String(one.steps), String(other.steps)],
    [say('trainingError'), error(one), error(other)],
    ...[...measures].map(([name, { measure, unit }]) => [
      say('trainingMeasure', { measure, unit }),
      ...[measured(one, name), measured(other, name)],
    ]),
  ])}${say('trainingsCompared', {
    ...{ sameHeldBack: String(sameHeldBack), sameError: String(sameError) },
  })}\n`;
}

/** What a latent file says of itself, then its tiles where there are few, or something is wrong. */
export function infoWords(info: LatentInfo): string {
  const facts: [string, string][] = [
    [
      say('size'),
      say('sizeAndBits', { size: sizeWords(info.bytes), bits: fixed(info.bitsPerPixel, 3) }),
    ],
    [
      say('picture'),
      say('fromBitsPerSample', {
        width: info.width,
        height: info.height,
        tones: info.tones,
        alpha: String(info.hasAlpha),
        bits: info.sourceBits,
      }),
    ],
    ...(info.scale
      ? [
          [say('valuesFact'), scaleWords(info)] as [string, string],
          [say('windowFact'), windowWords(info) || '–'] as [string, string],
        ]
      : []),
    [say('qualityFact'), say('step', { quality: info.quality, step: info.step })],
    [
      say('model'),
      say('modelFact', {
        id: info.model.id,
        version: info.model.version,
        installed: String(info.model.installed),
      }),
    ],
    [say('writtenBy'), info.software],
    [say('format'), say('version', { version: info.formatVersion })],
    [say('cleaned'), info.cleaned ?? say('no')],
    [say('profile'), info.profileName ?? say('noneSrgb')],
    [
      say('alsoHolds'),
      info.metadata.map(({ kind, bytes }) => `${kind} ${bytes}`).join(', ') || '–',
    ],
    [say('latentsFact'), info.hash ?? say('notCheckedModelNotInstalled')],
    [say('state'), info.ok ? say('intact') : say('damaged')],
  ];
  const wrong = info.tiles.filter(({ state }) => state !== 'intact');
  const shown = info.tiles.length <= FEW_TILES ? info.tiles : wrong;
  const rows = shown.map(({ column, row, bytes, previewBytes, state }) =>
    [column, row, bytes, previewBytes, state].map(String),
  );
  return [
    `${printable(info.source)}\n`,
    table(facts.map(([name, value]) => [`  ${name}`, value])),
    ...(info.lossyScan ? [`  ${say('scanCompressedWithLossValues')}\n`] : []),
    ...info.notices.map(({ text }) => `  ${printable(text)}\n`),
    `  ${say('tilesIntact', { tiles: info.tiles.length, wrong: wrong.length })}\n`,
    ...(rows.length > 0 ? [table([headings(say('tileColumns')), ...rows])] : []),
  ].join('');
}

/** Tables of more tiles hide what else is said. */
const FEW_TILES = 16;

/** For people; a command without a table of its own is shown as JSON. */
export function forPeople(command: CommandId, output: unknown): string {
  if (command === 'devices') return devicesTable((output as { devices: DeviceReport[] }).devices);
  if (command === 'models') return modelsWords(output as OutputOf<Commands['models']>);
  if (command === 'addModel') return addedWords(output as OutputOf<Commands['addModel']>);
  if (command === 'info') {
    const info = output as OutputOf<Commands['info']>;
    return isScanInfo(info) ? scanInfoWords(info) : infoWords(info);
  }
  if (command === 'compareTrainings')
    return comparedWords(output as OutputOf<Commands['compareTrainings']>);
  if (command === 'copyTraining')
    return `${(output as OutputOf<Commands['copyTraining']>).contents}\n`;
  if (command === 'removeModel') return `${say('removed')}\n`;
  return `${JSON.stringify(output, null, 2)}\n`;
}

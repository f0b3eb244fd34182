/**
 * What commands without files print for people: tables for devices and models. With `--json` the
 * output of the command is printed as it is (`output.ts`).
 */
import type {
  CommandId,
  Commands,
  DeviceReport,
  ModelInfo,
  OutputOf,
} from '../../contract/index.ts';

/** Rows with columns of equal width, two blanks between; the last column is left as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** "1.31 MP/s", and behind it what 8 bits do where they were tried. */
function speedWords({ megapixelsPerSecond, int8 }: DeviceReport): string {
  if (megapixelsPerSecond === null) return '–';
  const words = `${megapixelsPerSecond.toFixed(2)} MP/s`;
  return int8 ? `${words} (8 bits: ${int8.megapixelsPerSecond.toFixed(2)})` : words;
}

export function devicesTable(devices: readonly DeviceReport[]): string {
  const rows = devices.map((device) => [
    device.id,
    device.label,
    device.usable ? 'used' : 'not used',
    speedWords(device),
    device.reason,
  ]);
  return table([['DEVICE', 'NAME', 'STATE', 'SPEED', 'WHY'], ...rows]);
}

/** One model: what it is for, its licence, its limits. */
export function modelWords(model: ModelInfo): string {
  const facts = [
    model.title,
    model.origin === 'user' ? 'added by you' : null,
    `${(model.bytes / 1e6).toFixed(1)} MB`,
    model.precisions.includes('int8') ? 'also in 8 bits' : null,
    `licence: ${model.licence}`,
  ];
  return [
    `${model.id} ${model.version}  ${facts.filter((fact) => fact !== null).join(', ')}`,
    ...(model.purpose === '' ? [] : [`  ${model.purpose}`]),
    ...model.limits.map((limit) => `  · ${limit}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const modelsWords = ({ models, problems }: OutputOf<Commands['models']>): string =>
  [...models.map(modelWords), ...problems.map((problem) => `${problem}\n`)].join('\n');

const addedWords = ({ model, checks, notices }: OutputOf<Commands['addModel']>): string =>
  `${modelWords(model)}\n${[...checks, ...notices.map(({ text }) => text)].map((line) => `  ${line}\n`).join('')}`;

/** For people; a command without a table of its own is shown as JSON. */
export function forPeople(command: CommandId, output: unknown): string {
  if (command === 'devices') return devicesTable((output as { devices: DeviceReport[] }).devices);
  if (command === 'models') return modelsWords(output as OutputOf<Commands['models']>);
  if (command === 'addModel') return addedWords(output as OutputOf<Commands['addModel']>);
  if (command === 'removeModel') return 'Removed.\n';
  return `${JSON.stringify(output, null, 2)}\n`;
}

/**
 * What commands without files print for people: tables for devices and models. With `--json` the
 * output of the command is printed as it is (`output.ts`).
 */
import type { CommandId, DeviceReport, ModelInfo } from '../../contract/index.ts';

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

export function devicesTable(devices: readonly DeviceReport[]): string {
  const rows = devices.map((device) => [
    device.id,
    device.label,
    device.usable ? 'used' : 'not used',
    device.megapixelsPerSecond === null ? '–' : `${device.megapixelsPerSecond.toFixed(2)} MP/s`,
    device.reason,
  ]);
  return table([['DEVICE', 'NAME', 'STATE', 'SPEED', 'WHY'], ...rows]);
}

export function modelsTable(models: readonly ModelInfo[]): string {
  return models
    .map(
      (model) =>
        `${model.id} ${model.version}  ${model.title}, ${(model.bytes / 1e6).toFixed(1)} MB, ${model.licence}\n` +
        model.limits.map((limit) => `  · ${limit}\n`).join(''),
    )
    .join('\n');
}

/** For people; a command without a table of its own is shown as JSON. */
export function forPeople(command: CommandId, output: unknown): string {
  if (command === 'devices') return devicesTable((output as { devices: DeviceReport[] }).devices);
  if (command === 'models') return modelsTable((output as { models: ModelInfo[] }).models);
  return `${JSON.stringify(output, null, 2)}\n`;
}

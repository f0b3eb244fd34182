/** `npm run soak -- kills --count N --seed N`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { soakKills } from './kills.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, seed: { type: 'string' }, files: { type: 'string' } },
});
if (positionals[0] !== 'kills') {
  process.stderr.write('Usage: npm run soak -- kills [--count 200] [--seed 1] [--files 24]\n');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'hourglass-soak-'));
try {
  const tally = await soakKills({
    folder,
    count: Number(values.count ?? 200),
    seed: Number(values.seed ?? 1),
    files: Number(values.files ?? 24),
    say: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(tally)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

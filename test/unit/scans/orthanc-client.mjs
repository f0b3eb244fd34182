// Runs in a network namespace of its own (`orthanc.test.ts`): starts Orthanc there, sends files by `hourglass send`, asks for them again, and prints
// as JSON what came of each. node orthanc-client.mjs CLI CONFIG PORT FILE…
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const [cli, config, port, ...files] = process.argv.slice(2);
spawnSync('ip', ['link', 'set', 'lo', 'up']);
const orthanc = spawn('Orthanc', [config], { stdio: 'ignore' });
const base = `http://127.0.0.1:${port}`;
const answers = [];

/** Orthanc 1.10 ends a connection now and then before all of a file went over it: what came whole is what is compared. */
async function bytesOf(address) {
  for (let tries = 1; ; tries++) {
    try {
      return Buffer.from(await (await fetch(address)).arrayBuffer());
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}
try {
  for (let tries = 0; ; tries++) {
    const there = await fetch(`${base}/dicom-web/studies`).catch(() => null);
    if (there?.ok) break;
    if (tries > 300) throw new Error('Orthanc does not answer.');
    await wait(100);
  }
  const sent = spawnSync(
    process.execPath,
    [cli, 'send', ...files, '--to', `${base}/dicom-web`, '--json'],
    {
      encoding: 'utf8',
      maxBuffer: 1e8,
      env: { ...process.env, HOURGLASS_ARCHIVE_TOKEN: 'not-asked-for' },
    },
  );
  const lines = sent.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const { type, output, source, error } of lines) {
    if (type === 'problem')
      answers.push({
        file: source,
        uid: '',
        isSame: false,
        error: `${error.message} ${error.hint}`,
      });
    if (type !== 'result') continue;
    const { source: file, sopInstance: uid } = output;
    const [found] = await (
      await fetch(`${base}/tools/lookup`, { method: 'POST', body: uid })
    ).json();
    const back = found ? await bytesOf(`${base}${found.Path}/file`) : null;
    answers.push({ file, uid, isSame: back?.equals(readFileSync(file)) ?? false });
  }
  process.stdout.write(JSON.stringify(answers));
} finally {
  orthanc.kill();
}

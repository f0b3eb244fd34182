// Runs in a network namespace of its own (`orthanc.test.ts`): starts Orthanc there, sends files by STOW-RS, asks for them again, and prints
// as JSON what came of each. node orthanc-client.mjs CONFIG PORT FILE…
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const [config, port, ...files] = process.argv.slice(2);
spawnSync('ip', ['link', 'set', 'lo', 'up']);
const orthanc = spawn('Orthanc', [config], { stdio: 'ignore' });
const base = `http://127.0.0.1:${port}`;
const answers = [];
try {
  for (let tries = 0; ; tries++) {
    const there = await fetch(`${base}/dicom-web/studies`).catch(() => null);
    if (there?.ok) break;
    if (tries > 300) throw new Error('Orthanc does not answer.');
    await wait(100);
  }
  const boundary = 'hourglass-test';
  for (const file of files) {
    const bytes = readFileSync(file);
    const stored = await fetch(`${base}/dicom-web/studies`, {
      method: 'POST',
      headers: {
        'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
        accept: 'application/dicom+json',
      },
      body: Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
        bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
    });
    const said = await stored.json();
    const uid = said['00081199']?.Value?.[0]?.['00081155']?.Value?.[0] ?? '';
    const [found] = await (
      await fetch(`${base}/tools/lookup`, { method: 'POST', body: uid })
    ).json();
    const back = found
      ? Buffer.from(await (await fetch(`${base}${found.Path}/file`)).arrayBuffer())
      : null;
    answers.push({ file, status: stored.status, uid, isSame: back?.equals(bytes) ?? false });
  }
  process.stdout.write(JSON.stringify(answers));
} finally {
  orthanc.kill();
}

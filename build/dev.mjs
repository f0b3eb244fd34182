// `npm run dev [-- files]`: builds, starts the browser host, and does both again when a source changes.
// A change in renderer/ only needs the page to be reloaded; one in app/ restarts the host, whose new
// address is printed.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { buildApp, buildRenderer, root } from './build.mjs';

let host = null;
const startHost = () => {
  const main = join(root, 'dist/app/hosts/web/main.js');
  const args = ['--enable-source-maps', main, ...process.argv.slice(2)];
  host = spawn(process.execPath, args, {
    stdio: 'inherit',
    env: { ...process.env, HOURGLASS_DEBUG: '1' },
  });
};
const stopHost = () =>
  new Promise((done) => {
    if (!host || host.exitCode !== null) return done();
    host.once('exit', done);
    host.kill('SIGTERM');
  });

/** Runs `work` after the last of a burst of changes, and never twice at a time. */
const settled = (work) => {
  let timer;
  let running = Promise.resolve();
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(work).catch((error) => console.error(error.message));
    }, 150);
  };
};

const rebuildApp = settled(async () => {
  await buildApp();
  await stopHost();
  startHost();
});
const rebuildRenderer = settled(async () => {
  await buildRenderer();
  console.log('The page was built again; reload it.');
});

await Promise.all([buildApp(), buildRenderer()]);
startHost();
watch(join(root, 'app'), { recursive: true }, (_event, name) => {
  rebuildApp();
  if (name?.startsWith('contract')) rebuildRenderer();
});
watch(join(root, 'renderer'), { recursive: true }, rebuildRenderer);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, async () => {
    await stopHost();
    process.exit(0);
  });

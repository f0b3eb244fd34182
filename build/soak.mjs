// `npm run soak -- kills|queue|series|small`: long trials of the built command line, in test/soak.
import { buildIfStale } from './build.mjs';
import { runScript } from './run-script.mjs';

await buildIfStale();
await runScript('test/soak/main.ts', 'soak');

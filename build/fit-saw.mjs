// `node build/fit-saw.mjs`: build/fit-saw.ts.
import { runScript } from './run-script.mjs';

await runScript('build/fit-saw.ts', 'build');

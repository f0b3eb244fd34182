// The command line from a checkout: `npm run hourglass -- denoise photo.jpg`. Builds what is stale,
// then runs the built command in this same process, so that Ctrl-C means what it means when installed.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAppIfStale, root } from './build.mjs';

await buildAppIfStale();
// npm runs scripts in the package's folder; paths are meant from where the person stands.
if (process.env.npm_lifecycle_event === 'hourglass' && process.env.INIT_CWD)
  process.chdir(process.env.INIT_CWD);
await import(pathToFileURL(join(root, 'dist/app/hosts/cli/main.js')).href);

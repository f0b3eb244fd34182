// `npm run damage`: test/damage/damage.ts.
import { runScript } from './run-script.mjs';

await runScript('test/damage/damage.ts', 'damage');

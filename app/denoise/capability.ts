/** The cleaning capability: which function answers which command. The work is in its neighbours. */
import type { Capability } from '../runtime/index.ts';
import { denoise } from './export.ts';
import { noiseMap } from './noise-map.ts';
import { measure, preview } from './preview.ts';

export const denoiseCapability = {
  id: 'denoise',
  handlers: { measure, noiseMap, preview, denoise },
} satisfies Capability;

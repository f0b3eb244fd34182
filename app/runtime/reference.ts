/** The model that devices are probed with: the one that cleans pictures by default. */
import { denoiseSettingsSchema } from '../contract/index.ts';

export const referenceModel = (): string => denoiseSettingsSchema.shape.model.parse(undefined);

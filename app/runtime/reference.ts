/** The model that devices are probed with: the one that cleans most pictures. */
export const referenceModel = (): string => 'denoise-photo-fast';

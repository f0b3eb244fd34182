// Module resolution: the name `electron` means the stand-in; everything else stays as it is.
const standIn = new URL('./electron.mjs', import.meta.url).href;

export const resolve = (specifier, context, next) =>
  specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context);

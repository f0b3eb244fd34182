/** The contract: what every door of the program agrees on. Imports zod and nothing else. */
export * from './actions.ts';
export * from './bridge.ts';
export * from './command.ts';
export * from './commands.ts';
export * from './core.ts';
export * from './denoise.ts';
export * from './domain.ts';
export * from './errors.ts';
export * from './events.ts';
export { counted } from './fields.ts';
export * from './formats.ts';
export * from './http.ts';
export * from './latent.ts';
export * from './models.ts';
export * from './window-channels.ts';
export * from './preferences.ts';
export * from './window.ts';

/** The contract: what every door of the program agrees on. Imports zod and nothing else. */
export * from './actions.ts';
export * from './bridge.ts';
export * from './command.ts';
export * from './commands.ts';
export * from './domain.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './http.ts';
export * from './latent-commands.ts';
export * from './window-channels.ts';
export * from './window.ts';

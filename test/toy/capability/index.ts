/** What the engine uses of the toy capability. */
export { invertCapability } from './capability.ts';

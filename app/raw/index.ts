/** Camera raw files: developed plainly, with all that their cameras wrote. */
export { rawCapability } from './capability.ts';

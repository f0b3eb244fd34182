/** Formats that libvips as built for sharp does not read: JPEG XL, JPEG 2000. */
export { codecsCapability } from './capability.ts';

/**
 * A libvips error in short. Apart from `vips.ts`, so that who only writes files or names a failure (the hosts
 * do) does not load the decoders.
 */

/** The first three lines of its message, in one. */
export const vipsMessage = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 3).join('; ');

/**
 * The two names that the preload and the host of the window share. Apart from `window.ts`, so that
 * the sandboxed preload does not carry zod.
 */
export const windowChannels = {
  /** Page to host, answered with a `WindowReply`. */
  request: 'hourglass:request',
  /** Host to page, a `WindowMessage`. */
  message: 'hourglass:message',
} as const;

/**
 * The names that the preload and the host of the window share. Apart from `window.ts`, so that
 * the sandboxed preload does not carry zod.
 */
export const windowChannels = {
  /** Page to host, answered with a `WindowReply`. */
  request: 'hourglass:request',
  /**
   * Preload to host: paths of files that the person dropped or chose. The one message that carries paths,
   * apart from the requests of the page, which can name none.
   */
  dropped: 'hourglass:dropped',
  /** Host to page, a `WindowMessage`. */
  message: 'hourglass:message',
} as const;

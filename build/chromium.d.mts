/** Types of chromium.mjs, which stays plain so that the scripts run without a build. */
export function findChromium(options?: { install?: boolean }): string | null;
export const chromiumArguments: string[];

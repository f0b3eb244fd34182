/**
 * Chooses the host that this page runs in: the window's preload offers `window.hourglass`; without
 * it the page was served by the browser host. The rest of the page sees only `HostBridge`.
 */
import type { HostBridge } from '../../app/contract/index.ts';
import { connectWebHost } from './web-bridge.ts';

declare global {
  interface Window {
    readonly hourglass?: HostBridge;
  }
}

/** @throws HourglassError when the browser host does not answer */
export const connectHost = async (): Promise<HostBridge> =>
  window.hourglass ?? (await connectWebHost());

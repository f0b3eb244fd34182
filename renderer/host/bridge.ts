/**
 * Chooses the host that this page runs in: the window's preload offers `window.hourglass`; without
 * it the page was served by the browser host. The rest of the page sees only `HostBridge`.
 */
import type { HostBridge, WindowDoor } from '../../app/contract/index.ts';
import { connectWindowHost } from './electron-bridge.ts';
import { connectWebHost } from './web-bridge.ts';

declare global {
  interface Window {
    readonly hourglass?: WindowDoor;
  }
}

/** @throws HourglassError when the host does not answer */
export const connectHost = (): Promise<HostBridge> =>
  window.hourglass ? connectWindowHost(window.hourglass) : connectWebHost();

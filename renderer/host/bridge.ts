/**
 * Chooses the host that this page runs in: the window's preload offers `window.hourglass`; without
 * it the page was served by the browser host. The rest of the page sees only `HostBridge`, and speaks the
 * host's language from then on.
 */
import type { HostBridge, WindowDoor } from '../../app/contract/index.ts';
import { setLanguage } from '../../app/contract/sentences/index.ts';
import { directionOf } from '../../app/contract/sentences/languages.ts';
import { connectWebHost } from './web-bridge.ts';

declare global {
  interface Window {
    readonly hourglass?: WindowDoor;
  }
}

/** @throws HourglassError when the host does not answer */
export async function connectHost(): Promise<HostBridge> {
  const door = window.hourglass;
  // A browser never needs the window's door: its first script is without it.
  const bridge = door
    ? await (await import('./electron-bridge.ts')).connectWindowHost(door)
    : await connectWebHost();
  const { language } = bridge.info;
  if (language) {
    setLanguage(language);
    document.documentElement.lang = language.tag;
    document.documentElement.dir = directionOf(language.tag);
  }
  return bridge;
}

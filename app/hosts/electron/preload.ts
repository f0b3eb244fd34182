/**
 * The bridge into the sandboxed page: puts `WindowDoor` on `window.hourglass`, and nothing else. It
 * has no logic but one safety: the path of a file is taken here from the file object itself, so the
 * page can only hand over files that the person dropped or chose, and never learns where they lie.
 *
 * Bundled as CommonJS: a sandboxed preload may require only `electron`.
 */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { windowChannels } from '../../contract/window-channels.ts';
import type { WindowDoor, WindowMessage, WindowReply } from '../../contract/window.ts';

const ask = (request: string, input: unknown): Promise<WindowReply> =>
  ipcRenderer.invoke(windowChannels.request, { request, input }) as Promise<WindowReply>;

const door: WindowDoor = {
  ask: (request, input) =>
    request === 'admit'
      ? Promise.reject(new Error('Files are admitted by admit(files).'))
      : ask(request, input),
  admit: async (files) => {
    const items = [];
    for (const file of files) {
      const path = webUtils.getPathForFile(file);
      items.push(
        path === ''
          ? { name: file.name, data: new Uint8Array(await file.arrayBuffer()) }
          : { path },
      );
    }
    return ask('admit', { items });
  },
  listen: (listener) => {
    const receive = (_event: IpcRendererEvent, message: WindowMessage): void => listener(message);
    ipcRenderer.on(windowChannels.message, receive);
    return () => {
      ipcRenderer.off(windowChannels.message, receive);
    };
  },
};

contextBridge.exposeInMainWorld('hourglass', door);

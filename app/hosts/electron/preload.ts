/**
 * The bridge into the sandboxed page: puts `WindowDoor` on `window.hourglass`, and nothing else. It
 * has no logic but one safety: the path of a file is taken here from the file object itself and goes over
 * a channel that the page can not reach, so the page can only hand over files that the person dropped or
 * chose, and never learns where they lie. What that is worth is said in `docs/threat-model.md`.
 *
 * Bundled as CommonJS: a sandboxed preload may require only `electron`.
 */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { windowChannels } from '../../contract/window-channels.ts';
import type { WindowDoor, WindowMessage, WindowReply } from '../../contract/window.ts';

const ask = (request: string, input: unknown): Promise<WindowReply> =>
  ipcRenderer.invoke(windowChannels.request, { request, input }) as Promise<WindowReply>;

const door: WindowDoor = {
  ask,
  admit: async (files) => {
    const paths: string[] = [];
    const items: { name: string; data: Uint8Array }[] = [];
    for (const file of files) {
      const path = webUtils.getPathForFile(file);
      if (path === '')
        items.push({ name: file.name, data: new Uint8Array(await file.arrayBuffer()) });
      else paths.push(path);
    }
    const replies: WindowReply[] = [];
    if (paths.length > 0)
      replies.push((await ipcRenderer.invoke(windowChannels.dropped, { paths })) as WindowReply);
    if (items.length > 0) replies.push(await ask('paste', { items }));
    return (
      replies.find((reply) => !reply.ok) ?? {
        ok: true,
        value: replies.flatMap((reply) => (reply.ok ? (reply.value as unknown[]) : [])),
      }
    );
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

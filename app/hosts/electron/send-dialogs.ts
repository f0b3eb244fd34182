/** What a person is asked before results go to an archive: dialogs of the system, which no page can draw, read or answer. */
import { dialog, type BrowserWindow } from 'electron';
import { fixed } from '../../contract/sentences/index.ts';
import type { SendingQuestion } from '../shared/sending.ts';
import { printable } from '../shared/printable.ts';
import { showOpen } from './open-dialog.ts';
import { say } from './sentences.ts';

/** Whether it shall be sent. What Enter and Escape press is that it shall not. */
export async function confirmSending(
  window: BrowserWindow | null,
  { host, objects, bytes, first, last, inTheOpen, token }: SendingQuestion,
  signal: AbortSignal,
): Promise<boolean> {
  const about = { objects, first: printable(first), last: printable(last) };
  const how = {
    ...({ type: inTheOpen ? 'warning' : 'question', signal } as const),
    message: say('sendTo', { objects, host }),
    detail: [
      say('whatIsSent', { ...about, megabytes: fixed(bytes / 1e6, 1) }),
      inTheOpen
        ? say('sentInTheOpen', { host, token: token ? 'yes' : 'no' })
        : say('sentEncrypted'),
    ].join('\n\n'),
    buttons: [say('doNotSend'), say('send')],
    ...{ defaultId: 0, cancelId: 0, noLink: true },
  };
  const { response } = window
    ? await dialog.showMessageBox(window, how)
    : await dialog.showMessageBox(how);
  return response === 1 && !signal.aborted;
}

/** A file of certificates; null: none was chosen. */
export async function chooseAuthority(window: BrowserWindow | null): Promise<string | null> {
  const filters = [{ name: say('certificatesPem'), extensions: ['pem', 'crt', 'cer'] }];
  const [path] = await showOpen(window, { properties: ['openFile'], filters });
  return path ?? null;
}

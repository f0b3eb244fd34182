/** What a person is asked, and told, about newer versions: dialogs of the system. What Enter and Escape press is always that nothing happens. */
import { dialog, type BrowserWindow, type MessageBoxOptions } from 'electron';
import { fixed } from '../../../contract/sentences/index.ts';
import { printable } from '../../shared/printable.ts';
import { say } from '../sentences.ts';
import type { UpdateQuestions } from './updates.ts';

export function updateQuestions(window: () => BrowserWindow | null): UpdateQuestions {
  const show = async (how: MessageBoxOptions): Promise<number> => {
    const open = window();
    const { response } = open
      ? await dialog.showMessageBox(open, how)
      : await dialog.showMessageBox(how);
    return response;
  };
  const ask = async (message: string, detail: string, no: string, yes: string): Promise<boolean> =>
    (await show({
      ...{ type: 'question', message, detail, buttons: [no, yes] },
      ...{ defaultId: 0, cancelId: 0, noLink: true },
    })) === 1;

  return {
    mayAsk: (host) =>
      ask(say('askForUpdate', { host }), say('whatIsAsked'), say('doNotAsk'), say('ask')),
    mayDownload({ version, bytes }, host) {
      const known = printable(version);
      return ask(
        say('downloadUpdate', { version: known }),
        say('whatIsDownloaded', {
          ...{ host, size: bytes > 0 ? 'known' : 'unknown', megabytes: fixed(bytes / 1e6, 0) },
        }),
        say('notNow'),
        say('download'),
      );
    },
    mayStop: (version, fraction) =>
      ask(
        say('updateDownloading', { version: printable(version) }),
        say('updateDownloaded', { percent: fixed(fraction * 100, 0) }),
        say('keepDownloading'),
        say('stopDownloading'),
      ),
    async tell(message, detail) {
      await show({ type: 'info', message, detail, buttons: [say('ok')], noLink: true });
    },
  };
}

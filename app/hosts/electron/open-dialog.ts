/** The system's dialog for files and folders. */
import { dialog, type BrowserWindow } from 'electron';

/** Paths that were chosen; none where it was closed. */
export async function showOpen(
  window: BrowserWindow | null,
  how: Electron.OpenDialogOptions,
): Promise<readonly string[]> {
  const answer = window
    ? await dialog.showOpenDialog(window, how)
    : await dialog.showOpenDialog(how);
  return answer.canceled ? [] : answer.filePaths;
}

/** Types of file-chooser.mjs, which stays plain so that the scripts run without a build. */
import type { FileChooser, Page } from '@playwright/test';

export function chooseFiles(
  page: Page,
  open: () => Promise<void>,
  files: Parameters<FileChooser['setFiles']>[0],
): Promise<void>;

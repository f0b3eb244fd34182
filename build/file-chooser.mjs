// What a page asks for by its file inputs, answered in the place of the browser's own dialog.

/**
 * Files chosen in the dialog that a deed opens. That dialogs are answered is switched on in the page by another way than keys and clicks
 * go: without an answer of the page between the two, a page that is busy painting takes the key first and opens the browser's own
 * dialog, which nobody sees.
 * @param {import('@playwright/test').Page} page
 * @param {() => Promise<void>} open what opens the dialog
 * @param {Parameters<import('@playwright/test').FileChooser['setFiles']>[0]} files
 */
export async function chooseFiles(page, open, files) {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.evaluate(() => undefined).then(open),
  ]);
  await chooser.setFiles(files);
}

/** The manual inside the program: every page is there, and what it links to is. */
import { describe, expect, it } from 'vitest';
import { htmlOfManual, manualFiles } from '../../build/manual.mjs';

describe('the manual that comes with the program', async () => {
  const files = await manualFiles();
  const names = new Set(files.map(({ name }) => name));
  const pages = files.filter(({ name }) => name.endsWith('.html'));
  const page = (name: string): string =>
    String(files.find((file) => file.name === `manual/${name}.html`)!.source);

  it('begins with the page of that name', () => {
    expect(page('README')).toContain('<h1 id="manual-hourglass-manual"');
  });

  it.each(pages.map(({ name, source }) => [name, String(source)] as const))(
    'in %s every link and picture leads somewhere',
    (name, source) => {
      for (const [, image] of source.matchAll(/<img src="\.\/([^"]+)"/g))
        expect(names).toContain(image);
      for (const [, to, place] of source.matchAll(/data-page="([^"]*)" data-place="([^"]*)"/g)) {
        const target = to ? `manual/${to}.html` : name;
        expect(names).toContain(target);
        if (place)
          expect(page(/manual\/(.*)\.html/.exec(target)![1]!)).toContain(`id="manual-${place}"`);
      }
    },
  );

  it('makes no tag of text, and no link of what leaves the manual', () => {
    expect(htmlOfManual('a `<b>` <!-- x --> & [c](../c.md) [d](https://d.invalid) [e](#f-g)')).toBe(
      '<p>a <code>&#60;b&#62;</code>  &#38; c d <a href="#" data-page="" data-place="f-g">e</a></p>',
    );
  });
});

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/index.ts';
import type { ElementFates } from '../../../app/contract/element-fates.ts';
import { cropsOf } from '../../../app/jobs/runs/report-crops.ts';
import type { Program } from '../../../app/jobs/types.ts';
import { reportText, type ReportEntry, type RunReport } from '../../../app/jobs/runs/report.ts';

const entry = (more: Partial<ReportEntry>): ReportEntry => ({
  ...{ source: '/shoot/a.jpg', state: 'done', output: '/out/a.jpg', sourceBytes: 2_000_000 },
  ...{ bytes: 1_500_000, sha256: 'f', seconds: 1.5, attempts: 1, model: 'm 1', device: 'CPU' },
  ...{ damaged: false, notices: [], error: null },
  ...more,
});
const failed = (source: string, message: string): ReportEntry =>
  entry({
    ...{ source, state: 'failed', output: null, bytes: null, seconds: null },
    error: { code: 'not-an-image', message },
  });
const report = (files: readonly ReportEntry[]): RunReport => ({
  ...{
    run: 'r',
    command: 'denoise',
    software: 'Hourglass 0',
    settings: { share: 80, srgb: false },
  },
  done: files.filter(({ state }) => state === 'done').length,
  failed: files.filter(({ state }) => state === 'failed').length,
  left: files.filter(({ state }) => state === 'left').length,
  notices: [],
  files,
  deidentified: null,
});

describe('the report as a page', () => {
  it('counts, names what failed first, and has every file', () => {
    const page = reportText(
      report([
        entry({}),
        entry({ source: '/shoot/day 2/b.jpg', output: '/out/day 2/b.jpg', sourceBytes: 40_000 }),
        failed('/shoot/c.jpg', 'c.jpg is no image.'),
        entry({ source: '/shoot/d.jpg', state: 'left', output: null, bytes: null, seconds: null }),
      ]),
      'html',
    );
    expect(page).toContain('2 done, 1 failed, 1 left.');
    expect(page).toContain('2.0 MB before, 3.0 MB after');
    expect(page.indexOf('c.jpg is no image.')).toBeLessThan(page.indexOf('All files'));
    for (const name of ['a.jpg', 'day 2/b.jpg', 'c.jpg', 'd.jpg'])
      expect(page.slice(page.indexOf('All files'))).toContain(`<td>${name}</td>`);
    expect(page).toContain('share 80');
    expect(page).not.toContain('srgb');
  });

  it('is text only, whatever a file is called or says', () => {
    const name = `/shoot/<img src=x onerror="alert('1')">&.jpg`;
    const page = reportText(
      report([entry({ source: name, notices: ['<b>'] }), failed(`${name}2`, '</table><script>')]),
      'html',
    );
    expect(page.match(/<(img|script|b)[\s>]/g)).toBeNull();
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;.jpg');
    expect(page).toContain(`default-src 'none'`);
  });

  it('has what became of the elements of de-identified files, in words', () => {
    const fates: ElementFates['elements'] = [
      { path: '(0009,0010)', keyword: null, action: 'removed', files: 2 },
      { path: '(0010,0010)', keyword: 'PatientName', action: 'emptied', files: 3 },
    ];
    const page = reportText(
      { ...report([entry({})]), deidentified: { files: 3, elements: fates } },
      'html',
    );
    expect(page).toContain('what became of the elements of 3 files');
    expect(page).toContain(
      '<tr><td>(0010,0010)</td><td>PatientName</td><td>emptied</td><td class="n">3</td></tr>',
    );
    expect(page).toContain('<td>private or unknown</td><td>removed</td><td class="n">2</td>');
    expect(reportText(report([entry({})]), 'html')).not.toContain('identified');
  });

  it('of one file and of none is a page too', () => {
    expect(reportText(report([entry({})]), 'html')).toContain('<td>a.jpg</td>');
    expect(reportText(report([]), 'html')).toContain('0 done, 0 failed, 0 left.');
  });
});

describe('pieces before and after', () => {
  /** Pictures of one tile, whose red is the length of their path; what begins with `gone` can not be opened. */
  const asked: string[] = [];
  const program = {
    run(command: string, { source, document }: { source?: string; document?: string }) {
      asked.push(command);
      if (command === 'close') return Promise.resolve({ document });
      if (source!.includes('gone'))
        return Promise.reject(new HourglassError('file-not-found', `${source} is gone.`));
      const wide = source!.includes('smaller') ? 2 : 3;
      return Promise.resolve({ document: source, width: wide, height: 2, tileSize: 256 });
    },
    tile({ document }: { document: string }) {
      const [width, height] = [3, 2];
      const data = new Uint8Array(width * height * 4);
      for (let at = 0; at < data.length; at += 4) data.set([document.length, at, 7, 255], at);
      return Promise.resolve({ width, height, bits: 8, data });
    },
  } as unknown as Pick<Program, 'run' | 'tile'>;
  const done = (name: string): ReportEntry =>
    entry({ source: `/shoot/${name}`, output: `/out/${name}` });

  it('are PNG of the pixels that the screen shows', async () => {
    const crops = await cropsOf(program, report([done('a.jpg')]));
    const { before } = crops.get('/shoot/a.jpg')!;
    const { data, info } = await sharp(Buffer.from(before.split(',')[1]!, 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 3, height: 2, channels: 3 });
    const red = '/shoot/a.jpg'.length;
    expect([...data]).toEqual([0, 4, 8, 12, 16, 20].flatMap((green) => [red, green, 7]));
    expect(asked.filter((one) => one === 'close')).toHaveLength(2);
  });

  it('are of a few, spread over the run, and of none that is gone or has another size', async () => {
    const names = Array.from({ length: 100 }, (_, at) => `${at}.jpg`);
    const spread = await cropsOf(program, report(names.map(done)), { most: 4 });
    expect([...spread.keys()]).toEqual(['0', '25', '50', '75'].map((at) => `/shoot/${at}.jpg`));
    const moved = entry({ source: '/shoot/b.jpg', output: '/out/smaller.jpg' });
    const gone = await cropsOf(program, report([done('gone.jpg'), moved, done('c.jpg')]));
    expect([...gone.keys()]).toEqual(['/shoot/c.jpg']);
    const page = reportText(report([done('c.jpg')]), 'html', gone);
    expect(page.match(/<img src="data:image\/png;base64,[^"]+" width="3"/g)).toHaveLength(2);
  });
});

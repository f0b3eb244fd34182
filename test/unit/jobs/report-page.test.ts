import { describe, expect, it } from 'vitest';
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
  files,
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

  it('of one file and of none is a page too', () => {
    expect(reportText(report([entry({})]), 'html')).toContain('<td>a.jpg</td>');
    expect(reportText(report([]), 'html')).toContain('0 done, 0 failed, 0 left.');
  });
});

import { describe, expect, it } from 'vitest';
import { aboutTime, ProgressLine, renderProgress } from '../../../app/hosts/cli/progress-line.ts';
import { failureWords, resultWords, summaryWords } from '../../../app/hosts/cli/words.ts';
import { HourglassError } from '../../../app/contract/index.ts';

const state = {
  fraction: 0.5,
  file: 3,
  files: 12,
  name: 'church.jpg',
  megapixelsPerSecond: 1.34,
  secondsLeft: 130,
};

describe('the progress line', () => {
  it('says how far, how fast and how long', () => {
    expect(renderProgress(state, 100, false)).toBe(
      '━━━━━━━━━━━━────────────  50 % · 3/12 · 1.3 MP/s · about 2 min left · church.jpg',
    );
  });

  it('never fills a terminal, however narrow', () => {
    for (let columns = 1; columns <= 120; columns++)
      expect([...renderProgress(state, columns, false)].length).toBeLessThan(Math.max(columns, 1));
  });

  it('has colours only when asked', () => {
    expect(renderProgress(state, 80, false)).not.toContain('\x1b');
    expect(renderProgress(state, 80, true)).toContain('\x1b[36m');
  });

  it('takes itself away for words, and only when it is there', () => {
    const written: string[] = [];
    const line = new ProgressLine(
      (text) => written.push(text),
      () => 80,
      false,
    );
    line.clear();
    expect(written).toEqual([]);
    line.draw(state);
    line.draw(state);
    expect(written).toHaveLength(1);
    line.clear();
    expect(written.at(-1)).toBe('\r\x1b[2K');
  });

  it('guesses time coarsely', () => {
    expect([3, 42, 300, 5400].map(aboutTime)).toEqual([
      'a few seconds',
      'about 50 s',
      'about 5 min',
      'about 1.5 h',
    ]);
  });
});

const noise = {
  sigma: 12.2,
  perChannel: [12, 12, 12],
  words: '',
  suggestedStrength: 100,
  suggestedSigma: 12.2,
  method: 'test',
};
const result = {
  source: '/p/church.jpg',
  output: '/p/church-clean.jpg',
  noise,
  sigma: 12.2,
  device: { id: 'cpu', label: 'CPU', fallback: null },
  megapixelsPerSecond: 1.31,
  notices: [],
};
const show = (path: string) => path.replace('/p/', '');

describe('words', () => {
  it('say what was done in one line', () => {
    expect(resultWords('denoise', result, show)).toBe(
      'church.jpg → church-clean.jpg · noise about 12 levels · CPU · 1.3 MP/s',
    );
    expect(resultWords('denoise', { ...result, noise: null, sigma: 5 }, show)).toContain(
      'noise level 5.0 as given',
    );
  });

  it('say of measured values how much noise it is in theirs', () => {
    const words = 'About 22 HU of noise in soft tissue.';
    const told = resultWords(
      'denoise',
      { ...result, noise: { ...noise, storedSigma: 21.7, words } },
      show,
    );
    expect(told.split('\n')).toEqual([
      'church.jpg → church-clean.jpg · noise measured · CPU · 1.3 MP/s',
      `  ${words}`,
    ]);
  });

  it('tell a fallback and what was lost', () => {
    const told = resultWords(
      'denoise',
      {
        ...result,
        device: { id: 'cpu', label: 'CPU', fallback: 'WebGPU hung.' },
        notices: [{ level: 'warning', text: 'Stores 8 bits.' }],
      },
      show,
    );
    expect(told.split('\n').slice(1)).toEqual(['  WebGPU hung.', '  Stores 8 bits.']);
  });

  it('name a failed file once', () => {
    const error = new HourglassError('not-an-image', 'a.jpg is not an image.', { hint: 'Hint.' });
    expect(failureWords('a.jpg', error)).toBe('a.jpg is not an image. Hint.');
    expect(failureWords('b.jpg', error)).toBe('b.jpg: a.jpg is not an image. Hint.');
  });

  it('sum up', () => {
    expect(
      summaryWords({ done: 1, failed: 2, damaged: 0, left: 0, ignored: 0, seconds: 3.21 }),
    ).toBe('1 file done, 2 failed (3.2 s).');
    expect(
      summaryWords({ done: 7, failed: 0, damaged: 0, left: 3, ignored: 1, seconds: 300.4 }),
    ).toBe('7 files done, 3 not done, 1 other file in the folders left alone (300 s).');
  });
});

/** What reaches the terminal: names can not command it, and a stream that is full ends nothing. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { renderProgress } from '../../../app/hosts/cli/progress-line.ts';
import { lostOutputWords, terminalStream } from '../../../app/hosts/cli/streams.ts';
import { failureWords, resultWords } from '../../../app/hosts/cli/words.ts';
import { printable, printableJson, printableLines } from '../../../app/hosts/shared/printable.ts';
import { HourglassError } from '../../../app/contract/index.ts';

/** Sets the window's title, clears the screen, and turns the direction of writing. */
const name = 'a\x1b]0;owned\x07\x1b[2J\x9b2J\r\nb\u202egpj.exe';
// eslint-disable-next-line no-control-regex -- the very characters that must not be there
const commanding = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

describe('names in words', () => {
  it('are shown with their codes, on one line', () => {
    expect(printable(name)).toBe('a\\x1b]0;owned\\x07\\x1b[2J\\x9b2J\\x0d\\x0ab\\u202egpj.exe');
    expect(printable('Ünïcødé 写真 👩‍👩‍👧.jpg')).toBe('Ünïcødé 写真 👩‍👩‍👧.jpg');
    expect(printableLines('two\nlines\t\x1b[1m')).toBe('two\nlines\t\\x1b[1m');
  });

  it('of results, failures and the progress line obey that', () => {
    const verified = {
      source: name,
      ok: true,
      tiles: 1,
      damaged: [],
      hash: 'ab',
      problems: [name],
    };
    const said = [
      resultWords('verify', verified, (path) => path),
      failureWords(`/photos/${name}`, new HourglassError('damaged-image', `${name} is damaged.`)),
      renderProgress(
        {
          ...{ fraction: 0.5, file: 1, files: 1, name },
          ...{ megapixelsPerSecond: null, secondsLeft: null },
        },
        200,
        false,
      ),
    ];
    for (const words of said) {
      expect(words).not.toMatch(commanding);
      expect(words).toContain('owned');
    }
  });

  it('stay exact in JSON', () => {
    const text = printableJson({ source: name });
    expect(text).not.toMatch(commanding);
    expect(JSON.parse(text)).toEqual({ source: name });
  });
});

class FullStream extends EventEmitter {
  readonly written: string[] = [];
  write(text: string): void {
    this.written.push(text);
  }
}
const failure = (code: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: write`), { code });

describe('a stream of the terminal', () => {
  it('that is full is left alone, and it is said once', () => {
    const stream = new FullStream();
    const lost: string[] = [];
    const terminal = terminalStream(stream, (error) => lost.push(lostOutputWords(error)));
    terminal.write('one\x1b[2J');
    stream.emit('error', failure('ENOSPC'));
    stream.emit('error', failure('ENOSPC'));
    terminal.write('two');
    expect(stream.written).toEqual(['one\\x1b[2J']);
    expect(lost).toHaveLength(1);
    expect(lost[0]).toContain('the disk is full');
  });

  it('whose reader has gone away is no error', () => {
    const stream = new FullStream();
    const terminal = terminalStream(stream, () => expect.unreachable());
    stream.emit('error', failure('EPIPE'));
    terminal.write('two');
    expect(stream.written).toEqual([]);
  });
});

/** Settings as a file for another machine. */
import { describe, expect, it } from 'vitest';
import { settingsFileText, settingsFromText } from '../../../app/contract/settings-file.ts';

const written = (settings: object): unknown => JSON.parse(settingsFileText(settings));

describe('settings as a file', () => {
  const settings = {
    theme: 'light',
    device: 'cpu',
    output: { out: '{name}-clean.{ext}', format: 'png', quality: 90 },
    presets: [{ workspace: 'clean', name: 'Night', settings: 'strength 120 %' }],
  };

  it('come back as they were saved', () => {
    const { settings: back, left } = settingsFromText('a.json', settingsFileText(settings));
    expect(back).toEqual(settings);
    expect(left).toEqual([]);
  });

  it('hold nothing that has no name here, no token, and no folder of this machine', () => {
    const text = settingsFileText({
      ...settings,
      token: 'canary-token',
      output: { ...settings.output, folder: '/home/canary-person', password: 'canary' },
    });
    expect(text).not.toContain('canary');
    expect(written(settings)).toMatchObject({ hourglass: 'settings', version: 1, settings });
  });

  it('are taken by name: what is not known, or can not be, is named and left out', () => {
    const text = JSON.stringify({
      hourglass: 'settings',
      version: 1,
      settings: { theme: 'pink', token: 'x', output: { quality: 'high', format: 'png' } },
    });
    expect(settingsFromText('a.json', text)).toEqual({
      settings: { output: { format: 'png' } },
      left: ['theme', 'token', 'output.quality'],
    });
  });

  it.each([
    ['no JSON', 'it is not JSON'],
    ['{"hourglass":"presets","version":1,"presets":[]}', 'JSON of something else'],
    ['{"hourglass":"settings","version":2,"settings":{}}', 'of version 2'],
    ['{"hourglass":"settings","version":1}', 'what it has at settings'],
    [' '.repeat(300_001), 'far larger'],
  ])('are refused where the file is another one: %.40s', (text, why) => {
    expect(() => settingsFromText('b.json', text)).toThrow(why);
  });
});

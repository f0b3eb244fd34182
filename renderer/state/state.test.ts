import './test-runes.ts';
import { describe, expect, it } from 'vitest';
import { actions } from '../../app/contract/actions.ts';
import type { NoiseReading } from '../../app/contract/denoise.ts';
import { isPhotoName } from '../host/dropped.ts';
import { expectedDevice } from './catalogue.svelte.ts';
import { bytes, measured, number, splitName, timeLeft, zoomWords } from './format.ts';
import { editTogether, Edited } from './edited.svelte.ts';
import { FileEntry } from './entry.svelte.ts';
import { Steps } from './steps.svelte.ts';
import { actionOf, keyWords, type KeyContext, type KeyPress } from './keys.ts';
import {
  depthChoices,
  losses,
  nameProblem,
  objectInput,
  outTemplate,
  resultName,
  usualOutputs,
  writtenDepth,
  writtenFormat,
  type OutputChoice,
} from './output.ts';
import { between, selectOnly, toggled, without } from './selection.ts';
import { shareOf } from '../viewer/amount.ts';
import {
  amountOf,
  changesNothing,
  defaultSettings,
  denoiseInput,
  settingsFromText,
  settingsToText,
  strengthPercent,
  type CleanSettings,
} from '../workspaces/clean/settings.ts';

const space = (text: string): string => text.replaceAll('\u00a0', ' ');

const { output: defaultOutput } = usualOutputs;

describe('numbers in words', () => {
  it('rounds sizes to what is read', () => {
    expect(['0', '1', '999', '12345678', '1500000000'].map((n) => space(bytes(Number(n))))).toEqual(
      ['0 bytes', '1 byte', '999 bytes', '12.3 MB', '1.5 GB'],
    );
  });
  it('rounds the remaining time', () => {
    expect([3, 34, 130, 7200, -1, Infinity].map((s) => space(timeLeft(s)))).toEqual([
      'a few seconds left',
      '40 s left',
      '2 min left',
      '2 h 0 min left',
      '',
      '',
    ]);
  });
  it('writes a true minus and short zooms', () => {
    expect(number(-3)).toBe('\u22123');
    expect(space(zoomWords(0.0625))).toBe('6.3 %');
    expect(space(zoomWords(2))).toBe('200 %');
  });
  it('keeps the end of a long name, also beside characters of two units', () => {
    const name = `${'x'.repeat(110)}-0412 (2).jpg`;
    expect(splitName(name)[1]).toBe('0412 (2).jpg');
    expect(splitName(name).join('')).toBe(name);
    expect(splitName('holiday-in-may-0412.jpg', 11, 15)).toEqual(['holiday-in-m', 'ay-0412.jpg']);
    expect(splitName('short.jpg')).toEqual(['short.jpg', '']);
    expect(splitName('🦊'.repeat(40)).join('')).toBe('🦊'.repeat(40));
  });

  it('a pixel of a scan is what was measured, in its unit', () => {
    const scale = { black: 0, white: 4095, slope: 1, intercept: 0, unit: null, window: null };
    const stored = { sampleType: 'uint16', hasAlpha: false, scale } as const;
    expect(measured([1024], stored)).toBe('1024');
    expect(
      space(measured([24], { ...stored, scale: { ...scale, intercept: -1024, unit: 'HU' } })),
    ).toBe('−1000 HU');
    const dose = { ...scale, slope: 0.0125, unit: 'Gy' };
    expect(space(measured([161], { ...stored, scale: dose }))).toBe('2.0125 Gy');
    expect(measured([0.123456, 1], { ...stored, sampleType: 'float32' })).toBe('0.1235 1');
    expect(space(measured([24, 65_535], { ...stored, hasAlpha: true, scale: dose }))).toBe(
      '0.3 65535 Gy',
    );
  });
});

describe('Steps', () => {
  /** A number per file that a step changes, and the files. */
  function setUp() {
    const entries = ['a', 'b'].map((name) => new FileEntry({ name, bytes: 1 }, new Map()));
    const works = new Map(
      entries.map((entry) => [entry, new Edited({ value: 0 }, (x, y) => x.value === y.value)]),
    );
    const steps = new Steps();
    const change = (value: number, which: readonly FileEntry[], gesture: string | null = null) =>
      editTogether(
        steps,
        which,
        (entry) => works.get(entry)!,
        { value },
        {
          ...{ what: `to ${value}`, workspace: null, gesture },
        },
      );
    const values = () => entries.map((entry) => works.get(entry)!.settings.value);
    return { entries, steps, change, values };
  }

  it('undoes and redoes what was done to several as one step', () => {
    const { entries, steps, change, values } = setUp();
    change(1, [entries[0]!]);
    expect(change(2, entries).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(values()).toEqual([2, 2]);
    expect(steps.undo()).toMatchObject({ what: 'to 2' });
    expect(values()).toEqual([1, 0]);
    expect(steps.undo()?.parts.map(({ entry }) => entry.name)).toEqual(['a']);
    expect(steps.undo()).toBeNull();
    expect([steps.redo()?.what, steps.redo()?.what, steps.canRedo]).toEqual([
      'to 1',
      'to 2',
      false,
    ]);
    expect(values()).toEqual([2, 2]);
  });
  it('joins one gesture, also where a file was changed by its end only', () => {
    const { entries, steps, change, values } = setUp();
    change(5, [entries[1]!]);
    change(5, entries, 'drag');
    change(6, entries, 'drag');
    steps.settle();
    change(7, entries, 'drag');
    steps.undo();
    expect(values()).toEqual([6, 6]);
    steps.undo();
    expect(values()).toEqual([0, 5]);
    change(9, entries);
    expect(steps.canRedo).toBe(false);
  });
  it('is no step when nothing changes', () => {
    const { entries, steps, change } = setUp();
    expect(change(0, entries)).toEqual([]);
    expect(steps.canUndo).toBe(false);
  });
});

describe('selection', () => {
  const items = ['a', 'b', 'c', 'd'];
  it('reaches from one item to another in either direction', () => {
    expect([...between(items, 'c', 'a')]).toEqual(['a', 'b', 'c']);
  });
  it('never becomes empty by toggling', () => {
    expect([...toggled(selectOnly('a'), 'a')]).toEqual(['a']);
    expect([...toggled(new Set(['a', 'b']), 'a')]).toEqual(['b']);
    expect([...without(new Set(['a', 'b']), ['b'])]).toEqual(['a']);
  });
});

const reading = (suggestedStrength: number): NoiseReading => ({
  sigma: 10,
  perChannel: [10],
  words: '',
  suggestedStrength,
  suggestedSigma: 9,
  range: null,
  storedSigma: null,
  uneven: false,
  source: null,
  method: 'test',
});

describe('what DICOM is written as', () => {
  const scan = { name: 'a.dcm', format: 'dicom', sampleType: 'uint16', bits: 12 } as const;
  const photo = { ...scan, name: 'a.jpg', format: 'jpeg', sampleType: 'uint8', bits: 8 } as const;
  const choice = { ...defaultOutput, transferSyntax: 'jpeg-ls', deidentify: true } as const;
  const given = { transferSyntax: 'jpeg-ls', deidentify: true, retain: [] };

  it('is told where DICOM may come out, and nothing that was not chosen', () => {
    expect(objectInput(choice, scan)).toEqual(given);
    expect(objectInput(choice, null)).toEqual(given);
    expect(objectInput(choice, photo)).toEqual({});
    expect(objectInput({ ...choice, format: 'png' }, scan)).toEqual({});
    expect(objectInput({ ...choice, format: 'png' }, null)).toEqual({});
    expect(objectInput(defaultOutput, scan)).toEqual({});
  });
  it('retains nothing where nothing is taken out', () => {
    const retain = ['dates'] as const;
    expect(objectInput({ ...defaultOutput, retain: [...retain] }, scan)).toEqual({});
    expect(objectInput({ ...choice, retain: [...retain] }, scan).retain).toEqual(retain);
  });
  it('says of a picture with a palette that it can not be written as it is, and nothing of other formats', () => {
    const palette = { ...scan, notWritten: 'No.' };
    expect(losses(defaultOutput, palette)).toEqual([{ level: 'warning', text: 'No.' }]);
    expect(losses({ ...defaultOutput, format: 'png' }, palette)).toEqual(
      losses({ ...defaultOutput, format: 'png' }, scan),
    );
  });
  it('says what de-identifying leaves in', () => {
    const said = (output: OutputChoice) => losses(output, scan).map(({ text }) => text);
    expect(said(choice).join()).toContain('burned into the pixels');
    expect(said(defaultOutput)).toEqual([]);
  });
});

describe('settings', () => {
  it('survive the clipboard and refuse everything else', () => {
    const settings = { ...defaultSettings, strength: 80, detail: 20 };
    expect(settingsFromText(settingsToText(settings))).toEqual(settings);
    for (const text of ['', 'hello', '{}', 'null', settingsToText({ ...settings, detail: 900 })])
      expect(settingsFromText(text)).toBeNull();
  });
  it('send an absolute level only when one is set', () => {
    expect(denoiseInput(defaultSettings, 'auto')).not.toHaveProperty('sigma');
    expect(denoiseInput({ ...defaultSettings, sigma: 4 }, 'cpu')).toMatchObject({
      sigma: 4,
      device: 'cpu',
    });
  });
  it('of an earlier version mean what they meant', () => {
    const before = Object.fromEntries(
      Object.entries(defaultSettings).filter(([key]) => key !== 'share'),
    );
    const text = (strength: 'auto' | number) =>
      JSON.stringify({ kind: 'hourglass/clean-settings', ...before, strength });
    expect(settingsFromText(text('auto'))).toEqual(defaultSettings);
    expect(denoiseInput(settingsFromText(text(80))!, 'auto')).toMatchObject({ strength: 80 });
  });
  it('give the strength as a share of the suggestion, which is 100', () => {
    expect(strengthPercent(defaultSettings, reading(177))).toBe(100);
    expect(strengthPercent({ ...defaultSettings, strength: 177 }, reading(177))).toBe(100);
    expect(strengthPercent({ ...defaultSettings, strength: 60 }, reading(120))).toBe(50);
    expect(strengthPercent({ ...defaultSettings, share: 130 }, reading(177))).toBe(130);
    expect(denoiseInput({ ...defaultSettings, share: 130 }, 'auto')).toMatchObject({
      strength: 'auto',
      share: 130,
    });
    expect(denoiseInput(defaultSettings, 'auto')).not.toHaveProperty('share');
  });
  it('tell about how much they take away, which grows slower above the noise and never twice', () => {
    const noise = { ...reading(100), sigma: 12, suggestedSigma: 12 };
    const at = (patch: Partial<CleanSettings>) => amountOf({ ...defaultSettings, ...patch }, noise);
    const values = [1, 25, 50, 75, 100, 150, 200].map((share) => at({ share })!.value);
    expect([...values].sort((a, b) => a - b)).toEqual(values);
    expect(values[4]).toBe(1);
    expect(values[6]! - values[4]!).toBeLessThan(0.1);
    // A level is the share that it is of the noise; two of the same amount need no approximation.
    expect(shareOf(at({ sigma: 6 })!, at({ share: 50 }))).toBe(1);
    expect(shareOf(at({ share: 100 })!, at({ share: 50 }))).toBeCloseTo(0.677);
    expect([at({ share: 0 }), at({ sigma: 0 })]).toEqual([null, null]);
    expect(amountOf(defaultSettings, { ...noise, sigma: 0 })).toBeNull();
    // With other detail, chroma or network something else is taken away.
    for (const patch of [{ detail: 50 }, { chroma: 0 }, { model: 'other' }])
      expect(shareOf(at(patch)!, at({ share: 50 }))).toBe(1);
    const uneven = { ...noise, uneven: true };
    expect(amountOf({ ...defaultSettings, sigma: 6 }, uneven)!.scale).not.toBe(
      amountOf(defaultSettings, uneven)!.scale,
    );
  });

  it('know when nothing changes', () => {
    expect(changesNothing({ ...defaultSettings, share: 0 }, reading(90))).toBe(true);
    expect(changesNothing(defaultSettings, reading(0))).toBe(true);
    expect(changesNothing(defaultSettings, reading(90))).toBe(false);
    expect(changesNothing({ ...defaultSettings, strength: 0 }, reading(90))).toBe(true);
    expect(changesNothing({ ...defaultSettings, sigma: 5 }, reading(0))).toBe(false);
    expect(changesNothing({ ...defaultSettings, sigma: 0 }, reading(90))).toBe(true);
  });
});

describe('output', () => {
  const scan = { format: 'tiff', sampleType: 'uint16', name: 'a.TIF' } as const;
  const gif = { format: 'gif', sampleType: 'uint8', name: 'a.gif' } as const;
  it('offers only depths that the format holds', () => {
    expect(depthChoices('jpeg')).toEqual(['8']);
    expect(depthChoices('png')).toContain('16');
    expect(writtenDepth({ ...defaultOutput, format: 'jpeg', depth: '16' }, scan)).toBe(8);
    expect(writtenDepth(defaultOutput, scan)).toBe(16);
    expect(writtenDepth({ ...defaultOutput, format: 'avif' }, scan)).toBe(10);
    expect(writtenDepth({ ...defaultOutput, depth: '8' }, scan)).toBe(8);
    expect(writtenDepth(defaultOutput, { ...scan, sampleType: 'float32' })).toBe(32);
    expect(
      losses({ ...defaultOutput, format: 'jpeg' }, { ...gif, hasAlpha: true })[0]?.text,
    ).toMatch(/no transparency/);
  });
  it('says what is lost', () => {
    const said = losses({ ...defaultOutput, format: 'jpeg' }, scan).map(({ text }) => text);
    expect(said).toEqual([
      'JPEG is written with 8 bits per sample; the file has 16.',
      'JPEG is lossy: pixels change a little when it is written.',
    ]);
    expect(losses(defaultOutput, scan)).toEqual([]);
  });
  it('says before an export that a format without qualities can not be made to fit a size', () => {
    const sized = { ...defaultOutput, maxBytes: 200_000 };
    const words = (format: 'keep' | 'png' | 'tiff' | 'webp') =>
      losses({ ...sized, format }, scan).map(({ text }) => text.replaceAll('\u00a0', ' '));
    for (const format of ['keep', 'png', 'tiff'] as const)
      expect(words(format).at(-1)).toContain('no quality to fit 200 kB with');
    expect(words('webp').join()).not.toContain('200 kB');
  });

  it('a DNG is of raw files, 16 bits deep whatever was chosen; without a choice they become TIFF', () => {
    const dng = { ...defaultOutput, format: 'dng', depth: '8' } as const;
    const raw = { ...scan, name: 'a.nef', format: 'raw' } as const;
    expect(depthChoices('dng')).toEqual(['16']);
    expect(writtenDepth(dng, raw)).toBe(16);
    expect(losses(dng, raw)).toEqual([]);
    expect(losses(dng, scan).map(({ text }) => text)).toEqual([
      'DNG is written only of camera raw files; this one will be refused.',
    ]);
    expect(writtenFormat('keep', { ...raw, format: 'dng' })).toBe('tiff');
  });
  it('names the result as the writer does', () => {
    expect(resultName(defaultOutput, { name: 'a.b.TIF', info: scan }, 'm')).toBe('a.b-clean.TIF');
    expect(
      resultName({ ...defaultOutput, format: 'jpeg' }, { name: 'a.TIF', info: scan }, 'm'),
    ).toBe('a-clean.jpg');
    expect(resultName(defaultOutput, { name: 'a.gif', info: gif }, 'm')).toBe('a-clean.png');
    expect(
      resultName(
        { ...defaultOutput, name: '{n}-{model}.{ext}' },
        { name: 'a.tif', info: scan },
        'm',
        { index: 3, inputs: 12 },
      ),
    ).toBe('03-m.tif');
  });
  it('refuses names that can not be', () => {
    expect(nameProblem('{name}-clean.{ext}', 'output')).toBeNull();
    expect(nameProblem('  ', 'output')).toBe('The name is empty.');
    expect(nameProblem('../{name}.{ext}', 'output')).toMatch(/slashes/);
    expect(nameProblem('{nmae}.{ext}', 'output')).toMatch(/^\{nmae\} is not known/);
    expect(nameProblem('{name}.{ext}', 'output')).toMatch(/original/);
    // Every latent file has another extension than its source.
    expect(nameProblem('{name}.{ext}', 'latent')).toBeNull();
  });
  it('puts the folder before the name', () => {
    expect(outTemplate(defaultOutput)).toBe('{dir}/{name}-clean.{ext}');
    expect(outTemplate({ ...defaultOutput, folder: '/x' })).toBe('/x/{name}-clean.{ext}');
  });
});

describe('keys', () => {
  const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
    key,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...held,
  });
  const browser: KeyContext = { place: 'page', mac: false, nativeMenu: false };
  const idOf = (key: KeyPress, context = browser) => actionOf(key, actions, context)?.id ?? null;

  it('finds actions by letter, sign and modifier', () => {
    expect(idOf(press('z'))).toBe('zoom-toggle');
    expect(idOf(press('z', { ctrlKey: true }))).toBe('undo');
    expect(idOf(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('redo');
    expect(idOf(press('?', { shiftKey: true }))).toBe('shortcuts');
    expect(idOf(press('\\'))).toBe('show-original');
    expect(idOf(press('+', { ctrlKey: true, shiftKey: true }))).toBe('zoom-in');
    expect(idOf(press('z', { metaKey: true }))).toBeNull();
    expect(idOf(press('z', { metaKey: true }), { ...browser, mac: true })).toBe('undo');
    expect(idOf(press('z', { altKey: true }))).toBeNull();
  });
  it('leaves text fields their keys, and exports from them', () => {
    const text: KeyContext = { ...browser, place: 'text' };
    for (const key of [press('z'), press('z', { ctrlKey: true }), press('Backspace'), press('?')])
      expect(idOf(key, text)).toBeNull();
    expect(idOf(press('e', { ctrlKey: true }), text)).toBe('export');
  });
  it('leaves the native menu its keys', () => {
    expect(idOf(press('e', { ctrlKey: true }), { ...browser, nativeMenu: true })).toBeNull();
    expect(idOf(press('y'), { ...browser, nativeMenu: true })).toBe('compare-next');
    expect(idOf(press('n'), { ...browser, nativeMenu: true })).toBe('noise-map');
  });
  it('reaches every action that has a key', () => {
    for (const action of actions)
      for (const keys of action.keys) {
        const parts = keys.split(/\+(?=.)/);
        const key = press(parts.at(-1)!, {
          ctrlKey: parts.includes('Mod'),
          shiftKey: parts.slice(0, -1).includes('Shift'),
        });
        expect(idOf(key), keys).toBe(action.id);
      }
  });
  it('prints keys as keyboards do', () => {
    expect(keyWords('Mod+Shift+Z', false)).toBe('Ctrl+Shift+Z');
    expect(keyWords('Mod+Shift+Z', true)).toBe('⇧⌘Z');
    expect(keyWords('ArrowLeft', false)).toBe('←');
  });
});

describe('files of a folder', () => {
  it('are pictures by name and no junk', () => {
    expect(['a.JPG', 'b.tiff', 'c.avif'].every(isPhotoName)).toBe(true);
    expect(['.a.jpg', 'Thumbs.db', 'desktop.ini', 'a.txt', '~$a.png'].some(isPhotoName)).toBe(
      false,
    );
  });
});

describe('expectedDevice', () => {
  const device = (id: 'cpu' | 'webgpu', usable: boolean, megapixelsPerSecond: number) => ({
    id,
    label: id,
    usable,
    reason: '',
    maxDifference: 0,
    megapixelsPerSecond,
    precision: 'fp32' as const,
    int8: null,
    graphOptimization: 'all' as const,
    checkedAt: '',
  });
  it('is the fastest that passed, or the one that was chosen', () => {
    const both = [device('cpu', true, 1), device('webgpu', true, 4)];
    expect(expectedDevice(both, 'auto')?.id).toBe('webgpu');
    expect(expectedDevice(both, 'cpu')?.id).toBe('cpu');
    expect(expectedDevice([device('cpu', true, 1), device('webgpu', false, 4)], 'auto')?.id).toBe(
      'cpu',
    );
    expect(expectedDevice([device('webgpu', false, 4)], 'webgpu')).toBeNull();
  });
});

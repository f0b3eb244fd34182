import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../../app/contract/index.ts';
import { devicesTable, forPeople, modelWords } from '../../../app/hosts/cli/tables.ts';
import { report } from '../jobs/helpers.ts';

const model: ModelInfo = {
  id: 'denoise-photo-fast',
  version: '1.1.0',
  title: 'Photo · fast',
  task: 'denoise',
  origin: 'shipped',
  purpose: 'Cleans colour photographs.',
  licence: 'CC-BY-SA-4.0',
  bytes: 2_104_441,
  sha256: '',
  precisions: ['fp32', 'int8'],
  quality: [],
  limits: ['Not for scans.', 'Not for blur.'],
};

describe('what people read', () => {
  it('of a model: what it is for, its licence, its limits', () => {
    expect(modelWords(model)).toBe(
      'denoise-photo-fast 1.1.0  Photo · fast, 2.1 MB, also in 8 bits, licence: CC-BY-SA-4.0\n' +
        '  Cleans colour photographs.\n  · Not for scans.\n  · Not for blur.\n',
    );
    const own: ModelInfo = { ...model, origin: 'user', precisions: ['fp32'], purpose: '' };
    expect(modelWords({ ...own, limits: [] })).toBe(
      'denoise-photo-fast 1.1.0  Photo · fast, added by you, 2.1 MB, licence: CC-BY-SA-4.0\n',
    );
  });

  it('of models that can not be used: why', () => {
    const output = { models: [{ ...model, limits: [] }], problems: ['The card is damaged.'] };
    expect(forPeople('models', output)).toMatch(/photographs\.\n\nThe card is damaged\.\n$/);
  });

  it('of a device: both speeds where 8 bits were tried', () => {
    const int8 = { megapixelsPerSecond: 2.345, maxDifference: 0.01 };
    expect(devicesTable([{ ...report('cpu'), int8 }])).toContain('  1.00 MP/s (8 bits: 2.35)  ');
    expect(devicesTable([report('cpu')])).toContain('  1.00 MP/s  It passed.');
    expect(devicesTable([{ ...report('cpu'), megapixelsPerSecond: null }])).toContain('  –  ');
  });
});

import { describe, expect, test } from 'vitest';
import type { DeviceReport } from '../../../app/contract/index.ts';
import type { NoiseSource } from '../../../app/contract/noise-source.ts';
import { chooseModel } from '../../../app/denoise/model.ts';
import { deviceReport } from '../runtime/support.ts';
import { card, fakeInference, storeOf } from './helpers.ts';

const services = (ids: readonly string[], devices: readonly DeviceReport[] = []) => ({
  models: storeOf(...ids.map((id) => ({ ...card, id }))),
  inference: { ...fakeInference(), devices },
});
const chosen = async (
  tones: 1 | 3,
  ids: readonly string[],
  options: {
    model?: string;
    device?: 'auto' | 'cpu' | 'webgpu';
    devices?: DeviceReport[];
    source?: NoiseSource;
  } = {},
): Promise<string> => {
  const { model = 'auto', device = 'auto', devices = [], source = null } = options;
  return (await chooseModel({ model, device }, tones, { source }, services(ids, devices))).id;
};

const [scan, fast, best] = ['denoise-scan-fast', 'denoise-photo-fast', 'denoise-photo-best'];
const [faint, dark] = ['denoise-scan-faint', 'denoise-photo-dark'];
const gpu = [deviceReport('cpu'), deviceReport('webgpu')];

describe('the model of a picture', () => {
  test('one tone: the scan model, or the photo model where that is not installed', async () => {
    expect(await chosen(1, [fast, scan, best], { devices: gpu })).toBe(scan);
    expect(await chosen(1, [fast])).toBe(fast);
  });
  test('colour: the fast photo model; the best one on a device that is not the CPU', async () => {
    expect(await chosen(3, [fast, scan])).toBe(fast);
    expect(await chosen(3, [fast, scan, best])).toBe(fast);
    expect(await chosen(3, [fast, best], { devices: gpu })).toBe(best);
    expect(await chosen(3, [fast, best], { devices: gpu, device: 'webgpu' })).toBe(best);
    expect(await chosen(3, [fast, best], { devices: gpu, device: 'cpu' })).toBe(fast);
    expect(await chosen(3, [fast], { devices: gpu })).toBe(fast);
    const broken = [deviceReport('cpu'), deviceReport('webgpu', { usable: false })];
    expect(await chosen(3, [fast, best], { devices: broken })).toBe(fast);
  });
  test('noise that a network of its own is for: that, where it is installed and for such a picture', async () => {
    const all = [fast, scan, best, faint, dark];
    expect(await chosen(1, all, { source: 'few-photons' })).toBe(faint);
    expect(await chosen(3, all, { source: 'low-light' })).toBe(dark);
    expect(await chosen(3, all, { source: 'low-light', devices: gpu })).toBe(dark);
    expect(await chosen(1, [fast, scan], { source: 'few-photons' })).toBe(scan);
    expect(await chosen(3, [fast, scan], { source: 'low-light' })).toBe(fast);
    expect(await chosen(1, all)).toBe(scan);
    expect(await chosen(3, all, { source: 'low-light', model: fast })).toBe(fast);
  });
  test('one that was asked for is the one, whatever the picture', async () => {
    expect(await chosen(1, [fast, scan, best], { model: best })).toBe(best);
    expect(await chosen(3, [fast, 'denoise-mine'], { model: 'denoise-mine' })).toBe('denoise-mine');
    await expect(chosen(3, [fast], { model: best })).rejects.toThrow(best);
    await expect(chosen(1, [scan])).resolves.toBe(scan);
    await expect(chosen(3, [scan])).rejects.toThrow(fast);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { HourglassError } from '../../app/contract/errors.ts';
import type { HostBridge } from '../../app/contract/index.ts';
import { Lease } from './lease.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A lease whose engine is played by the test. */
function played() {
  const calls: {
    readonly input: unknown;
    readonly answer: (missing?: string[]) => void;
    readonly refuse: (error: HourglassError) => void;
  }[] = [];
  const run = ((_command: string, input: unknown) =>
    new Promise<{ missing: string[] }>((resolve, reject) =>
      calls.push({ input, answer: (missing = []) => resolve({ missing }), refuse: reject }),
    )) as unknown as HostBridge['run'];
  const gone = vi.fn<(document: string, layer: string) => void>();
  const refused = vi.fn<(document: string, error: HourglassError) => void>();
  const lease = new Lease({ run }, 'p', { gone, refused });
  const said = () => calls.map(({ input }) => input);
  return { lease, calls, said, gone, refused };
}

describe('Lease', () => {
  it('says what is shown when that changes, the last word last', async () => {
    const { lease, calls, said } = played();
    lease.show(null);
    expect(said()).toEqual([]);
    lease.show({ document: 'd', layers: ['a'] });
    lease.show({ document: 'd', layers: ['a', 'b'] });
    lease.show({ document: 'd', layers: ['b'] });
    expect(said()).toEqual([{ page: 'p', document: 'd', layers: ['a'] }]);
    calls[0]!.answer();
    await settled();
    expect(said().slice(1)).toEqual([{ page: 'p', document: 'd', layers: ['b'] }]);
    calls[1]!.answer();
    await settled();
    lease.show({ document: 'd', layers: ['b'] });
    expect(said()).toHaveLength(2);
    lease.show(null);
    expect(said()[2]).toEqual({ page: 'p' });
  });

  it('hears what is missing, also when it asks once more', async () => {
    const { lease, calls, gone } = played();
    lease.show({ document: 'd', layers: ['a', 'b'] });
    calls[0]!.answer();
    await settled();
    lease.again();
    calls[1]!.answer(['b']);
    await settled();
    expect(gone.mock.calls).toEqual([['d', 'b']]);
  });

  it('tells a refusal of what is still shown, and keeps quiet about an engine that ended', async () => {
    const { lease, calls, refused } = played();
    const full = new HourglassError('out-of-memory', 'What is shown of a.jpg needs 9 MB.');
    lease.show({ document: 'd', layers: ['a'] });
    calls[0]!.refuse(full);
    await settled();
    expect(refused.mock.calls).toEqual([['d', full]]);
    lease.show({ document: 'e', layers: [] });
    lease.show(null);
    calls[1]!.refuse(full);
    await settled();
    lease.show({ document: 'f', layers: [] });
    calls[2]!.answer();
    await settled();
    calls[3]!.refuse(new HourglassError('engine-died', 'The engine ended.'));
    await settled();
    expect(refused).toHaveBeenCalledTimes(1);
  });
});

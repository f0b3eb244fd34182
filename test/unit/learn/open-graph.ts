/** Graphs of tests of learning, run on this thread. */
import type { Inference } from '../../../app/runtime/index.ts';
import { openGraph as openSession } from '../../../app/runtime/sessions.ts';

/** As the inference thread does it, in this one. */
export const openGraph: Inference['openGraph'] = async (model, { threads, device = 'cpu' }) => {
  const graph = await openSession(model, { device, threads });
  return {
    async run(inputs, into) {
      await graph.run(inputs, into);
      return { inputs, into };
    },
    close: () => graph.release(),
  };
};

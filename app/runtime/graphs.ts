/**
 * Graphs that are made in memory and run many times (training steps), on the inference thread: how their values travel. What is
 * run is the caller's; a graph is no network over a picture, so neither tiles nor another device than the one that is named are tried.
 */
import { HourglassError } from '../contract/index.ts';
import { soundsLikeOutOfMemory } from './checks.ts';
import { buffersOf, tensorsOf } from './graph-values.ts';
import type { GraphAnswer, GraphRequest, InferenceThread } from './thread-client.ts';
import type { GraphOptions, RunnableGraph } from './types.ts';
import { plainWords } from './words.ts';
import { say } from './sentences.ts';

const failed = (reason: string, cause?: unknown): HourglassError =>
  new HourglassError(
    soundsLikeOutOfMemory(reason) ? 'out-of-memory' : 'device-failed',
    say('graphFailed', { reason: plainWords(reason) }),
    { cause },
  );

let lastGraph = 0;

/** @param watch when a call counts as hung, and what to do then */
export async function openOnThread(
  thread: InferenceThread,
  model: Uint8Array,
  { threads, hasTime = false, device = 'cpu' }: GraphOptions,
  watch: { readonly patienceMs: number; readonly onHung: () => void },
): Promise<RunnableGraph> {
  const graph = ++lastGraph;
  const ask = async (request: GraphRequest): Promise<GraphAnswer> => {
    const answer = await thread.graph(request, watch).catch((error: unknown) => {
      throw failed(plainWords(error), error);
    });
    if (answer.failure !== null) throw failed(answer.failure);
    return answer;
  };
  await ask({ kind: 'open-graph', graph, bytes: model, device, threads, hasTime });
  return {
    async run(inputs, into) {
      const answer = await ask({
        ...{ kind: 'run-graph', graph },
        ...{ inputs: buffersOf(inputs), into: buffersOf(into) },
      });
      return { inputs: tensorsOf(answer.inputs), into: tensorsOf(answer.into) };
    },
    async close() {
      await ask({ kind: 'close-graph', graph });
    },
  };
}

/**
 * The commands that run in the host: those that start processes of their own or change what the program
 * works with. The others run in the engine (`engine/capabilities.ts`).
 */
import type {
  CommandId,
  Commands,
  HostCommand,
  OutputOf,
  ParsedInputOf,
  Progress,
} from '../contract/index.ts';
import { HourglassError } from '../contract/index.ts';
import { modelInfo } from '../runtime/card.ts';
import type { DeviceFindings } from './findings.ts';
import { Failures } from './failures.ts';
import type { ProgramOptions } from './types.ts';
import { codecAt } from './user-codecs.ts';
import { createUserModels } from './user-models.ts';

type Handlers = {
  readonly [K in HostCommand]: (
    input: ParsedInputOf<Commands[K]>,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ) => Promise<OutputOf<Commands[K]>>;
};

/** @throws HourglassError whatever the command throws; `internal` for a command of the engine */
export type RunHostCommand = (
  command: CommandId,
  input: unknown,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
) => Promise<unknown>;

export function createHostCommands(
  findings: DeviceFindings,
  { launch, modelsFolder, userModelsFolder, diagnose }: ProgramOptions,
  failures = new Failures(),
): RunHostCommand {
  const userModels = createUserModels({
    launch,
    folder: userModelsFolder,
    shippedFolder: modelsFolder,
  });
  const handlers: Handlers = {
    async devices({ refresh }, signal) {
      await (refresh ? findings.refresh(signal) : findings.ensure('auto', signal));
      return { devices: [...findings.reports] };
    },
    async addModel({ source, id, title, licence }, signal, onProgress) {
      const codec = await codecAt(source);
      if (codec) {
        const asked = { id, title, licence };
        const added = await userModels.addCodec(codec, asked, signal, onProgress);
        return { model: added.model, checks: [...added.checks], notices: [...added.notices] };
      }
      const { card, checks, notices } = await userModels.add(
        { path: source, id, title, licence },
        signal,
        onProgress,
      );
      return { model: modelInfo(card), checks: [...checks], notices: [...notices] };
    },
    async diagnostics(_, signal) {
      if (!diagnose) throw new HourglassError('internal', 'This host gives no diagnostics.');
      await findings.ensure('auto', signal);
      return diagnose({ devices: findings.reports, failures: failures.all });
    },
    async removeModel({ id }) {
      await userModels.remove(id);
      return {};
    },
  };
  const isHostCommand = (command: CommandId): command is HostCommand =>
    Object.hasOwn(handlers, command);
  return async (command, input, signal, onProgress) => {
    const handler = isHostCommand(command) ? handlers[command] : null;
    if (!handler) throw new HourglassError('internal', `The host does not answer to ${command}.`);
    return handler(input as never, signal, onProgress);
  };
}

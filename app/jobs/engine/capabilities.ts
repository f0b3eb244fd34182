/**
 * The one table of capabilities. A new capability is a folder and a line here; the commands it
 * answers to are defined in `app/contract/<capability>.ts`.
 */
import type { CommandContext, CommandId } from '../../contract/index.ts';
import { cleanRaster, denoiseCapability } from '../../denoise/index.ts';
import { createLatentCapability } from '../../latent/index.ts';
import type { Capability, EngineServices } from '../../runtime/types.ts';
import { coreCapability } from './core.ts';

export const capabilities: readonly Capability[] = [
  coreCapability,
  denoiseCapability,
  // Capabilities do not know each other; the cleaning that compressing may begin with is handed in.
  createLatentCapability(cleanRaster),
];

export type Handler = (
  input: never,
  context: CommandContext,
  services: EngineServices,
) => Promise<unknown>;

/** The capability's function for a command, or undefined when no capability knows it. */
export function handlerOf(
  command: CommandId,
  table: readonly Capability[] = capabilities,
): Handler | undefined {
  for (const capability of table) {
    const handler = capability[command];
    if (handler) return handler;
  }
  return undefined;
}

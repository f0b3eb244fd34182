/**
 * The one table of capabilities that every door derives from: their commands (`commands.ts`), flags, help and
 * pages of the manual, the actions of keys and menus (`actions.ts`). A new capability is a file beside this
 * one and a line here; nothing else of the contract knows its name.
 */
import { batchContract } from './batch.ts';
import { completionContract } from './completion.ts';
import { coreContract } from './core.ts';
import { denoiseContract } from './denoise.ts';
import { diagnosticsContract } from './diagnostics.ts';
import { editContract } from './edit.ts';
import { exploreContract } from './explore.ts';
import { infoContract } from './info.ts';
import { latentContract } from './latent.ts';
import { learnContract } from './learn.ts';
import { modelContract } from './models.ts';
import { queueContract } from './queue.ts';
import { scansContract } from './scans.ts';
import { serveContract } from './serve.ts';

export const contracts = [
  // In this order help and manual list them.
  coreContract,
  denoiseContract,
  latentContract,
  infoContract,
  scansContract,
  modelContract,
  learnContract,
  exploreContract,
  editContract,
  batchContract,
  serveContract,
  queueContract,
  diagnosticsContract,
  completionContract,
] as const;

/** What the queue of several machines says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('remote', {
  // redis
  addressWrong: 'The address {address} is none of a Redis.',
  notReachable: 'The queue at {address} can not be reached: {reason}.',
  startRedis:
    'Check that redis-server runs there, that it listens for this machine, and that a firewall lets port {port} through.',
  passwordRefused: 'The queue at {address} asks for another name or password.',
  setPassword: 'Set HOURGLASS_QUEUE_PASSWORD, or write redis://name:password@host.',
  tooOld: 'The Redis at {address} is version {version}; {least} or later is needed.',
  installNewer: 'Install a newer redis-server (Debian 12 has 7.0).',
  evicts:
    'The Redis at {address} may throw jobs away when its memory is full (maxmemory-policy {policy}); set it to noeviction. Files that are lost so are put in again.',
  forgets:
    'The Redis at {address} forgets its queue when it restarts (appendonly no). Files that are lost so are put in again from the journal.',
  lost: 'The queue at {address} does not answer; waiting for it.',
  refuses: 'The queue at {address} refuses what it is asked: {reason}',
  back: 'The queue at {address} answers again.',

  // submit
  noWorkers: 'No worker waits at {address} yet; `hourglass worker --queue {address}` starts one.',
  otherWorkers:
    'The workers at {address} are of another version ({versions}), this is {software}: they will not take these files. Install the same version on all machines.',
  notShared: '{path} is not in the shared folder {folder}.',
  shareIt: 'Name a folder that holds files and results with --shared; workers name it with theirs.',
  wholeDisk: 'The whole of a disk can not be the shared folder.',
  noSuchFolder: 'The shared folder {folder} does not exist.',
  workersDied:
    'The workers that had this file ended unexpectedly, one after the other; it was not tried a third time.',
  queueFailed: 'The queue gave this file up: {reason}',
  seriesLevelQueued:
    'The noise level of a series is not measured by workers of a queue: each has one slice of it.',
  seriesLevelQueuedHint: 'Clean each at its own level (--level-of slice), or give one (--sigma).',
  putInAgain:
    '{count, plural, one {# file that the queue had lost was put in again.} other {# files that the queue had lost were put in again.}}',

  // worker
  otherFile: '{path} is another file on the worker {host} than on the machine that put it in.',
  sameFolder:
    'Check that --shared names the same folder on both machines, and that it is up to date on the worker.',
  outside: 'A job of the queue names {path}, which is not in the shared folder.',
  jobUnreadable: 'A job of the queue is none that this version understands.',
  lockLost: 'The queue gave this file to another worker.',
  taken: '{host} takes files from {address}, in {folder}. Ctrl-C ends it after what it has begun.',
  did: '{path}: done',
  didNot: '{path}: {message}',
});

#!/usr/bin/env bash
# BullMQ: adding a job whose id failed before does nothing, and answers as if it had been added.
#
# Version:     bullmq 6.7.0, ioredis 6.0.0, redis-server of Debian 12 (7.0.15)
# Most guess:  a custom jobId keeps *waiting or finished* work from being done twice; after a failure add() queues it again,
#              or throws, or at least returns something that tells
# Seen:        add() resolves with a job of that id, nothing is queued, no worker runs it, and getState() says `failed` for ever.
#              With removeOnComplete: true the opposite happens to *completed* ids: the same id runs a second time.
#              job.retry() is what runs a failed one again
# Costs:       "run the failed files again" of a batch ends at once and has done nothing
# Source:      BullMQ's guide says of job ids that a duplicate is ignored while the job exists, and failed jobs exist until they
#              are removed; that the two together silence a second try is what was run here
#
# Exits 0 while this is what happens, 1 when it changes. Starts its own Redis on a socket in the temporary folder.
set -euo pipefail
work=$(mktemp -d); redis=; trap '[ -z "$redis" ] || kill "$redis" 2>/dev/null; rm -rf "$work"' EXIT; cd "$work"
server=$(command -v redis-server || true)
if [ -z "$server" ]; then
  apt-get download -qq redis-server redis-tools libjemalloc2 liblua5.1-0 liblzf1 libatomic1 lua-cjson lua-bitop >/dev/null 2>&1 || { echo 'redis-server is not here and could not be fetched: nothing was tried'; exit 2; }
  for package in *.deb; do dpkg -x "$package" root; done
  server=$(find root -path '*bin/redis-server' -o -path '*bin/redis-check-rdb' | head -n 1)
  LD_LIBRARY_PATH=$(find root -name '*.so*' -printf '%h\n' | sort -u | sed "s#^#$work/#" | paste -sd:); export LD_LIBRARY_PATH
  ln -s "$work/$server" redis-server; server=$work/redis-server
fi
"$server" --port 0 --unixsocket "$work/redis.sock" --save '' --appendonly no --dir "$work" --loglevel warning >redis.log 2>&1 & redis=$!
for _ in $(seq 50); do [ -S redis.sock ] && break; sleep 0.1; done
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error bullmq@6.7.0 ioredis@6.0.0
cat > run.mjs <<'JS'
import { Queue, Worker } from 'bullmq';
const connection = { path: `${process.cwd()}/redis.sock`, maxRetriesPerRequest: null };
const queue = new Queue('q', { connection });
const ran = {};
const worker = new Worker('q', async (job) => {
  ran[job.id] = (ran[job.id] ?? 0) + 1;
  if (job.id === 'f-bad' && ran[job.id] === 1) throw new Error('disk full');
}, { connection });
await worker.waitUntilReady();
const settle = () => new Promise((done) => setTimeout(done, 700));

await queue.add('file', {}, { jobId: 'f-bad' });
await queue.add('file', {}, { jobId: 'f-good', removeOnComplete: true });
await settle();
const again = await queue.add('file', {}, { jobId: 'f-bad' });
await queue.add('file', {}, { jobId: 'f-good', removeOnComplete: true });
await settle();
const second = { answeredWithId: again.id, state: await again.getState(), runs: { ...ran } };
await (await queue.getJob('f-bad')).retry();
await settle();
const third = { state: await (await queue.getJob('f-bad')).getState(), runs: { ...ran } };
console.log(JSON.stringify({ second, afterRetry: third }));
const asSaid = second.answeredWithId === 'f-bad' && second.state === 'failed' && second.runs['f-bad'] === 1
  && second.runs['f-good'] === 2 && third.state === 'completed' && third.runs['f-bad'] === 2;
await worker.close(); await queue.close();
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs

// A real process that speaks the engine's protocol without images, so that every way of dying,
// hanging and refusing can be had at will. The name of a source says what happens to it.
const documents = new Map();
const cancelled = new Set();
let devices = [];
const post = (message) => process.send(message);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const dying = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  abort: () => process.abort(),
  throw: () => {
    throw new TypeError('a bug');
  },
};

async function work(call, { command, input }) {
  const name = String(input.source ?? '')
    .split('/')
    .at(-1);
  const device = input.settings?.device ?? input.device;
  if (command === 'open') {
    if (name.startsWith('bomb')) dying.kill();
    if (name.startsWith('lasting')) await sleep(400);
    documents.set(input.document, input.source);
    return { document: input.document, source: input.source, pid: process.pid };
  }
  if (input.document !== undefined && !documents.has(input.document))
    throw new Refusal('document-not-open', `${input.document} is not open.`);
  if (command === 'measure' || command === 'pixel') {
    if (input.layer === 'wait') await sleep(60_000);
    return { pid: process.pid, source: documents.get(input.document) };
  }
  if (command === 'close') {
    documents.delete(input.document);
    return {};
  }
  if (command === 'models') return { models: [], pid: process.pid, devices };
  if (name.startsWith('refuse')) throw new Refusal('not-an-image', `${name} is no image.`);
  if (name.startsWith('hung') && device !== 'cpu') {
    post({ kind: 'device-hung', device: 'webgpu', detail: 'no answer for tile 1' });
    await sleep(60_000);
  }
  if (name.startsWith('busy')) for (;;);
  for (let done = 1; done <= 4; done++) {
    if (cancelled.has(call) && !name.startsWith('stubborn'))
      throw new Refusal('cancelled', 'The work was cancelled.');
    post({ kind: 'progress', call, progress: { done, total: 4, unit: 'tiles', message: '' } });
    const waits =
      name.startsWith('slow') ||
      name.startsWith('stubborn') ||
      ['preview', 'peer'].includes(command);
    await sleep(waits ? 300 : 1);
    // Death comes in the middle, after some progress was told.
    if (done === 2)
      for (const [prefix, die] of Object.entries(dying))
        if (name.startsWith(prefix)) setImmediate(die);
    if (done === 2 && Object.keys(dying).some((prefix) => name.startsWith(prefix)))
      await sleep(60_000);
  }
  return { pid: process.pid, device: { id: device ?? 'cpu', label: 'Fake', fallback: null } };
}

process.on('message', async (message) => {
  if (message.kind === 'configure') devices = message.devices;
  else if (message.kind === 'cancel') cancelled.add(message.call);
  else if (message.kind === 'stop') process.exit(0);
  else {
    try {
      let value;
      if (message.kind === 'run') value = await work(message.call, message);
      else if (message.kind === 'thumbnail') {
        if (message.path.includes('bomb')) dying.kill();
        value = new Uint8Array([1, 2, 3]);
      } else value = { width: 1, height: 1, data: new Uint8Array(4), pid: process.pid };
      post({ kind: 'result', call: message.call, value });
    } catch (error) {
      const { code = 'internal', message: words } = error;
      post({ kind: 'error', call: message.call, error: { code, message: words, hint: '' } });
    }
  }
});
process.on('disconnect', () => process.exit(0));
if (process.env.FAKE_ENGINE === 'never-starts') {
  process.stderr.write('Error: libfoo.so is missing\n', () => process.exit(3));
} else {
  setInterval(() => post({ kind: 'heartbeat', memoryBytes: 123e6 }), 50).unref();
  post({ kind: 'ready' });
}

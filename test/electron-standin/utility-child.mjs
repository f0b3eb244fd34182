// First module of a utility process: hides the channel of child_process behind `process.parentPort`, as
// Electron has it, and runs the entry.
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';

const send = process.send.bind(process);
const parentPort = new EventEmitter();
parentPort.postMessage = (message) => {
  if (process.connected) send(message, () => {});
};
process.on('message', (data) => parentPort.emit('message', { data, ports: [] }));
process.once('disconnect', () => parentPort.emit('close'));
process.parentPort = parentPort;
process.send = undefined;

const [entry] = process.argv.splice(1, 2, process.argv[2]).slice(1);
await import(pathToFileURL(entry).href);

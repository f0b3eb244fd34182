// Loaded into every process of the program by NODE_OPTIONS: writes a line for each attempt to leave the
// machine (TCP, UDP, a name to look up) into the file that HOURGLASS_CONNECTIONS names.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import net from 'node:net';

const file = process.env.HOURGLASS_CONNECTIONS;
const note = (what) => appendFileSync(file, `${process.argv[1] ?? ''}: ${what}\n`);

const watched = (owner, name, describe) => {
  const original = owner[name];
  owner[name] = function (...args) {
    // An address that is no name is not looked up anywhere; servers ask for theirs like this.
    if (owner !== dns || !net.isIP(args[0])) note(`${name} ${describe(args)}`);
    return original.apply(this, args);
  };
};
const words = (args) => JSON.stringify(args.filter((arg) => typeof arg !== 'function'));
watched(net.Socket.prototype, 'connect', words);
watched(dgram.Socket.prototype, 'send', words);
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) watched(dns, name, words);

#!/usr/bin/env bash
# Orthanc: of two different objects with one SOP Instance UID, STOW-RS answers that both were stored. It keeps the first.
#
# Version:     Orthanc 1.10.1 with its DICOMweb plugin 1.7 (Debian 12: apt-get install orthanc orthanc-dicomweb)
# Most guess:  the second replaces the first, or the answer has it under Failed SOP Sequence or with a Warning Reason; the status is not 200
# Seen:        200 both times, word for word the same answer: the object stands in Referenced SOP Sequence with its address, Failed SOP
#              Sequence is empty, there is no Warning Reason. What lies at that address is the first object. Orthanc's own address
#              (POST /instances) says "AlreadyStored" of the same file; with OverwriteInstances (off as installed) it is replaced
# Costs:       an object that was mended and sent again under its UID is the old one in the archive, and the sender is told otherwise
# Right:       PS3.18 gives an answer the means: Failed SOP Sequence with a Failure Reason, or a Warning Reason beside a stored object
# Source:      DICOM PS3.18, section 10.5.3 and annex I (Store Instances Response Module); /etc/orthanc/orthanc.json on
#              OverwriteInstances; run here
#
# Orthanc listens on all interfaces, so it runs in a network namespace of its own (unshare -n).
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
command -v Orthanc >/dev/null || { echo 'Orthanc is not installed' >&2; exit 1; }
plugin=/usr/share/orthanc/plugins/libOrthancDicomWeb.so
[ -e "$plugin" ] || { echo 'orthanc-dicomweb is not installed' >&2; exit 1; }
cat > run.mjs <<'JS'
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

spawnSync('ip', ['link', 'set', 'lo', 'up']);
/** One element, explicit VR little endian. */
function element(group, number, vr, value) {
  const body = Buffer.isBuffer(value) ? value : Buffer.from(value.length % 2 ? value + (vr === 'UI' ? '\0' : ' ') : value, 'latin1');
  const head = Buffer.alloc(vr === 'OB' ? 12 : 8);
  head.writeUInt16LE(group, 0); head.writeUInt16LE(number, 2); head.write(vr, 4, 'latin1');
  if (vr === 'OB') head.writeUInt32LE(body.length, 8); else head.writeUInt16LE(body.length, 6);
  return Buffer.concat([head, body]);
}
const us = (value) => { const buffer = Buffer.alloc(2); buffer.writeUInt16LE(value); return buffer; };
const ul = (value) => { const buffer = Buffer.alloc(4); buffer.writeUInt32LE(value); return buffer; };
const sopClass = '1.2.840.10008.5.1.4.1.1.7', instance = '2.25.1234567890';
/** A picture of 2 x 2 pixels, all of one level. */
function object(level) {
  const meta = Buffer.concat([
    element(2, 1, 'OB', Buffer.from([0, 1])), element(2, 2, 'UI', sopClass), element(2, 3, 'UI', instance),
    element(2, 0x10, 'UI', '1.2.840.10008.1.2.1'), element(2, 0x12, 'UI', '2.25.1'),
  ]);
  return Buffer.concat([
    Buffer.alloc(128), Buffer.from('DICM'), element(2, 0, 'UL', ul(meta.length)), meta,
    element(8, 0x16, 'UI', sopClass), element(8, 0x18, 'UI', instance), element(8, 0x60, 'CS', 'OT'), element(0x10, 0x20, 'LO', 'MADE'),
    element(0x20, 0xd, 'UI', '2.25.2'), element(0x20, 0xe, 'UI', '2.25.3'),
    element(0x28, 2, 'US', us(1)), element(0x28, 4, 'CS', 'MONOCHROME2'), element(0x28, 0x10, 'US', us(2)), element(0x28, 0x11, 'US', us(2)),
    element(0x28, 0x100, 'US', us(8)), element(0x28, 0x101, 'US', us(8)), element(0x28, 0x102, 'US', us(7)), element(0x28, 0x103, 'US', us(0)),
    element(0x7fe0, 0x10, 'OB', Buffer.alloc(4, level)),
  ]);
}
const port = 18042, base = `http://127.0.0.1:${port}`;
writeFileSync('orthanc.json', JSON.stringify({
  HttpPort: port, DicomServerEnabled: false, AuthenticationEnabled: false, StorageDirectory: 'store', IndexDirectory: 'store', Plugins: [process.argv[2]],
}));
const orthanc = spawn('Orthanc', ['orthanc.json'], { stdio: 'ignore' });
async function stow(file) {
  const body = Buffer.concat([Buffer.from('--part\r\nContent-Type: application/dicom\r\n\r\n'), file, Buffer.from('\r\n--part--\r\n')]);
  const headers = { 'content-type': 'multipart/related; type="application/dicom"; boundary=part', accept: 'application/dicom+json' };
  const answer = await fetch(`${base}/dicom-web/studies`, { method: 'POST', headers, body });
  return { status: answer.status, json: await answer.json() };
}
async function kept() {
  const [{ Path }] = await (await fetch(`${base}/tools/lookup`, { method: 'POST', body: instance })).json();
  return Buffer.from(await (await fetch(`${base}${Path}/file`)).arrayBuffer()).at(-1);
}
let asSaid = false;
try {
  for (let tries = 0; !(await fetch(`${base}/dicom-web/studies`).catch(() => null))?.ok; tries++) {
    if (tries > 300) throw new Error('Orthanc does not answer.');
    await wait(100);
  }
  const answers = [await stow(object(10)), await stow(object(200))];
  const levelKept = await kept();
  const own = await (await fetch(`${base}/instances`, { method: 'POST', body: object(200) })).json();
  const said = answers.map(({ status, json }) => ({
    status,
    stored: json['00081199'].Value.map((item) => item['00081155'].Value[0]),
    failed: json['00081198']?.Value ?? [],
    warnings: json['00081199'].Value.filter((item) => '00081196' in item).length,
  }));
  console.log(said);
  console.log({ levelSentLast: 200, levelKept, ownAddressSays: own.Status });
  asSaid = said.every((one) => one.status === 200 && one.stored.join() === instance && one.failed.length === 0 && one.warnings === 0)
    && levelKept === 10 && own.Status === 'AlreadyStored';
} finally {
  orthanc.kill();
}
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
unshare -n node run.mjs "$plugin"

/** Reads a ZIP of stored files as its directory has it (APPNOTE 4.3): by name, in order. */
export function filesOfZip(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('This ZIP has no directory.');
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 24)];
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const local = zip.readUInt32LE(at + 42);
    if (method !== 0) throw new Error('This ZIP is not stored.');
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const title = zip.subarray(at + 46, at + 46 + name!).toString();
    if (files.has(title)) throw new Error(`This ZIP holds ${title} twice.`);
    files.set(title, zip.subarray(data, data + size));
    at += 46 + name! + extra! + comment!;
  }
  return files;
}

/** Begins an output and waits to be killed: the other half of `killed.test.ts`. */
import { createWriter, removeTemporaries, type DecodedImage } from '../../../app/pixels/index.ts';

const [path, format] = process.argv.slice(2) as [string, 'jpeg' | 'tiff'];
const data = new Uint8Array(400 * 300 * 3);
const from: DecodedImage = {
  path: '/nowhere/source.png',
  format: 'png',
  bytes: 0,
  raster: { width: 400, height: 300, channels: 3, hasAlpha: false, sampleType: 'uint8', data },
  metadata: {
    icc: null,
    profileName: null,
    exif: null,
    xmp: null,
    iptc: null,
    resolution: null,
    orientation: 1,
    camera: null,
    iso: null,
    accessedMs: 0,
    modifiedMs: 0,
  },
  notices: [],
};
process.on('SIGINT', () => {
  removeTemporaries();
  process.exit(130);
});
const writer = await createWriter({
  path,
  format,
  sampleType: 'uint8',
  quality: 95,
  overwrite: false,
  width: 400,
  height: 300,
  channels: 3,
  hasAlpha: false,
  from,
  mark: { software: 'Hourglass 9.9.9', action: 'waits' },
});
await writer.writeRows(data.subarray(0, 400 * 3 * 200), 200);
process.send!('half done');
setInterval(() => undefined, 1000);

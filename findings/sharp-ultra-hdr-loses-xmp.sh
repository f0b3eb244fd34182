#!/usr/bin/env bash
# Ultra HDR: of a JPEG with a gain map sharp reads no XMP at all, so keepMetadata() writes none either: rating, caption and author go with it.
#
# Version:     sharp 0.35.5 (libvips 8.18.7, libultrahdr 2.0.2)
# Most guess:  metadata().xmp and keepMetadata() are the same whether a second picture stands behind the first or not; at the most what tells of the
#              gain map goes
# Seen:        the first picture alone: XMP there, and kept. The same bytes with an index of pictures (CIPA DC-007) and a gain map behind them: format still "jpeg",
#              EXIF still there, but no xmp, and the copy has none. keepGainMap() brings the map, not the XMP
# Costs:       most photographs of newer phones are such files: what people wrote into them is lost in every resized copy, without a word
# Source:      Ultra HDR Image Format 1.1 (the XMP of the primary picture); sharp.keepMetadata(): "Keep all metadata (EXIF, ICC, XMP, IPTC)"; run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error sharp@0.35.5
cat > run.mjs <<'JS'
import sharp from 'sharp';

const packet = (attributes, inner = '') =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" hdrgm:Version="1.0" ${attributes}>${inner}</rdf:Description></rdf:RDF></x:xmpmeta>`;
const directory = (length) =>
  `<Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg"/></rdf:li><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="${length}"/></rdf:li></rdf:Seq></Container:Directory>`;
const flat = (width, height, background) => sharp({ create: { width, height, channels: 3, background } });

const map = await flat(32, 24, '#808080')
  .greyscale()
  .withXmp(packet('hdrgm:GainMapMin="0" hdrgm:GainMapMax="2" hdrgm:Gamma="1" hdrgm:OffsetSDR="0.015625" hdrgm:OffsetHDR="0.015625" hdrgm:HDRCapacityMin="0" hdrgm:HDRCapacityMax="2" hdrgm:BaseRenditionIsHDR="False"'))
  .jpeg()
  .toBuffer();
const primary = await flat(64, 48, '#c08040')
  .withExif({ IFD0: { Software: 'made here' } })
  .withXmp(packet('xmp:Rating="4"', directory(map.length)))
  .jpeg()
  .toBuffer();

/** The index of both pictures (APP2 "MPF", CIPA DC-007, 5.2), behind the other markers of the first. */
function together(first, second) {
  let at = 2;
  while (first[at + 1] >= 0xe0 && first[at + 1] <= 0xef) at += 2 + first.readUInt16BE(at + 2);
  const tiff = Buffer.alloc(82);
  tiff.write('MM');
  tiff.writeUInt16BE(42, 2);
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(3, 8);
  const entry = (number, tag, type, count) => {
    const place = 10 + 12 * number;
    tiff.writeUInt16BE(tag, place);
    tiff.writeUInt16BE(type, place + 2);
    tiff.writeUInt32BE(count, place + 4);
    return place + 8;
  };
  tiff.write('0100', entry(0, 0xb000, 7, 4), 'latin1');
  tiff.writeUInt32BE(2, entry(1, 0xb001, 4, 1));
  tiff.writeUInt32BE(50, entry(2, 0xb002, 7, 32));
  const head = Buffer.from([0xff, 0xe2, 0, 2 + 4 + tiff.length, 0x4d, 0x50, 0x46, 0]);
  const whole = first.length + head.length + tiff.length;
  tiff.writeUInt32BE(0x030000, 50);
  tiff.writeUInt32BE(whole, 54);
  tiff.writeUInt32BE(second.length, 66);
  // From the byte order of this index on.
  tiff.writeUInt32BE(whole - (at + head.length), 70);
  return Buffer.concat([first.subarray(0, at), head, tiff, first.subarray(at), second]);
}

const seen = {};
for (const [name, input] of Object.entries({ alone: primary, withMap: together(primary, map) })) {
  const read = await sharp(input).metadata();
  const kept = await sharp(await sharp(input).keepMetadata().jpeg().toBuffer()).metadata();
  const both = await sharp(await sharp(input).keepMetadata().keepGainMap().jpeg().toBuffer()).metadata();
  const rated = (of) => /Rating="4"/.test(of.xmpAsString ?? '');
  seen[name] = {
    format: read.format, map: read.gainMap !== undefined, exif: read.exif !== undefined, rated: rated(read),
    copyExif: kept.exif !== undefined, copyRated: rated(kept), copyWithMapRated: rated(both), copyHasMap: both.gainMap !== undefined,
  };
}
console.log(seen);
const { alone, withMap } = seen;
const asSaid =
  alone.rated && alone.copyRated && !alone.map &&
  withMap.format === 'jpeg' && withMap.map && withMap.exif && withMap.copyExif && withMap.copyHasMap &&
  !withMap.rated && !withMap.copyRated && !withMap.copyWithMapRated;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs

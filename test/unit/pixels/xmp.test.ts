/** XMP packets of a processed copy. What whole files keep of them: write.test.ts. */
import { describe, expect, it } from 'vitest';
import { markXmp } from '../../../app/pixels/metadata/xmp.ts';

const mark = {
  software: 'Hourglass',
  action: 'cleaned',
  previousSoftware: null,
};
const packet = (inside: string): Uint8Array =>
  new TextEncoder().encode(
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${inside}</rdf:RDF>`,
  );
const marked = (inside: string): string =>
  new TextDecoder().decode(markXmp(packet(inside), mark).packet);

describe('a packet', () => {
  it('loses thumbnails and what a gain map says, and nothing else', () => {
    const text = marked(
      '<a:b>1</a:b><xmp:Thumbnails>x<xmp:Thumbnails/></xmp:Thumbnails><a:c hdrgm:Version="1" d="2"/>' +
        "<hdrgm:Min><a:x/></hdrgm:Min><a:d xmpNote:HasExtendedXMP='F0'/>z",
    );
    expect(text).toContain('<a:b>1</a:b><a:c d="2"/><a:d/>z');
  });

  it('is known by its namespaces, whatever its prefixes are', () => {
    const text = marked(
      '<rdf:Description xmlns:t="http://ns.adobe.com/tiff/1.0/" t:Orientation="6" xmlns:g="http://ns.adobe.com/hdr-gain-map/1.0/" g:Version="1">' +
        '<p:Thumbnails xmlns:p="http://ns.adobe.com/xap/1.0/">x</p:Thumbnails></rdf:Description>' +
        '<xmp:Thumbnails xmlns:xmp="https://other.invalid/">y</xmp:Thumbnails>',
    );
    expect(text).toContain('t:Orientation="1"');
    expect(text).not.toMatch(/g:Version|>x</);
    expect(text).toContain('>y<');
  });

  it('gets a second line in the history that it has', () => {
    const once = marked('');
    const twice = new TextDecoder().decode(
      markXmp(new TextEncoder().encode(once), { ...mark, action: 'cleaned again' }).packet,
    );
    expect(twice.match(/<rdf:li>/g)).toHaveLength(2);
    expect(twice.match(/<hourglass:processed>/g)).toHaveLength(1);
  });

  // Each of these took 8 to 60 s: a search for the end of every opening.
  it.each([
    '<xmp:Thumbnails>',
    '<hdrgm:GainMapMax>',
    '<GContainer:Directory>',
    '<a b="',
    '<a ',
    '<!--',
    '<rdf:Description ',
    '<hourglass:processed><rdf:Seq>',
  ])('that only opens %s costs no more than its length', (opening) => {
    const before = process.cpuUsage().user;
    markXmp(packet(opening.repeat(2 ** 20 / opening.length)), mark);
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(2);
  });
});

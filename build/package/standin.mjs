// An Electron distribution without Electron: files of the right names and kinds, so that packing can be proven where
// the binary is not at hand. What it packs does not start.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';

/** What @electron/fuses looks for, version 1, eight fuses, each as Electron ships it (not removed). */
const fuseWire = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1'),
  Buffer.of(1, 8),
  Buffer.from('01110100', 'latin1'),
]);

/** Header of an ELF executable of 64 bits (System V ABI, 4.1), no sections. @param {string} arch */
function elf(arch) {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.set([2, 1, 1], 4);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(arch === 'arm64' ? 183 : 62, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(64, 52);
  return header;
}

/** Header of a Mach-O executable of 64 bits, no load commands. */
function machO() {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0xfeedfacf, 0);
  header.writeUInt32LE(0x0100000c, 4);
  header.writeUInt32LE(2, 12);
  return header;
}

/** @param {string} version */
function windowsProgram(version) {
  const program = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(program);
  const facts = Resource.VersionInfo.createEmpty();
  // In one language: what electron-builder changes, it changes in the only one.
  const english = 1033;
  facts.setStringValues({ lang: english, codepage: 1200 }, { ProductName: 'Electron' });
  facts.setFileVersion(version, english);
  facts.setProductVersion(version, english);
  facts.outputToResourceEntries(resources.entries);
  resources.outputResource(program);
  return Buffer.from(program.generate());
}

const plist = (/** @type {string} */ name) => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>CFBundleExecutable</key><string>${name}</string>
  <key>CFBundleIdentifier</key><string>com.github.${name.replaceAll(/\W/g, '')}</string>
  <key>CFBundleName</key><string>${name}</string>
  <key>CFBundlePackageType</key><string>APPL</string>
</dict></plist>
`;

/**
 * @param {import('./targets.mjs').Target} target
 * @param {string} folder where it is made
 * @param {string} version of Electron
 */
export function makeStandIn({ platform, arch }, folder, version) {
  const put = (/** @type {string} */ name, /** @type {string | Buffer} */ bytes, mode = 0o644) => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes, { mode });
  };
  put('version', version);
  put('LICENSE', 'Stand-in: no Electron is in here.\n');
  put('LICENSES.chromium.html', '<p>Stand-in: no Chromium is in here.</p>\n');
  if (platform === 'mac') {
    const app = 'Electron.app/Contents';
    put(`${app}/Info.plist`, plist('Electron'));
    put(`${app}/MacOS/Electron`, machO(), 0o755);
    put(`${app}/Resources/electron.icns`, '');
    put(
      `${app}/Frameworks/Electron Framework.framework/Electron Framework`,
      Buffer.concat([machO(), fuseWire]),
      0o755,
    );
    for (const kind of ['', ' (GPU)', ' (Plugin)', ' (Renderer)']) {
      const helper = `${app}/Frameworks/Electron Helper${kind}.app/Contents`;
      put(`${helper}/Info.plist`, plist(`Electron Helper${kind}`));
      put(`${helper}/MacOS/Electron Helper${kind}`, machO(), 0o755);
    }
    return;
  }
  put('locales/en-US.pak', '');
  put('resources/none', '');
  if (platform === 'win')
    put('electron.exe', Buffer.concat([windowsProgram(version), fuseWire]), 0o755);
  else put('electron', Buffer.concat([elf(arch), fuseWire]), 0o755);
}

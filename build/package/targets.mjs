// What is packed: one line for each system, with what is in its package and how large that may be.

/**
 * Megabytes without Electron, measured, with little to spare: 95 in all is what a package for Linux may have. What makes it more is to be seen here.
 * @typedef {object} Target
 * @property {'linux' | 'win' | 'mac'} platform as electron-builder names it
 * @property {string} node platform as Node.js names it
 * @property {'x64' | 'arm64'} arch
 * @property {number} runtime of onnxruntime-node
 * @property {number} sharp with libvips
 */

/** @type {Readonly<Record<string, Target>>} */
export const targets = {
  'linux-x64': { platform: 'linux', node: 'linux', arch: 'x64', runtime: 46, sharp: 20 },
  'linux-arm64': { platform: 'linux', node: 'linux', arch: 'arm64', runtime: 26, sharp: 20 },
  'win-x64': { platform: 'win', node: 'win32', arch: 'x64', runtime: 67.5, sharp: 20.5 },
  'win-arm64': { platform: 'win', node: 'win32', arch: 'arm64', runtime: 71, sharp: 21 },
  'mac-arm64': { platform: 'mac', node: 'darwin', arch: 'arm64', runtime: 46, sharp: 20 },
};

/** The same in every package, megabytes: decoders, queue and server, the program with its page, the manual with its pictures. */
export const shared = { codecs: 10.8, packages: 11.3, program: 3.8, manual: 3.1 };

/** @param {string} platform @param {string} arch @throws Error */
export function targetOf(platform, arch) {
  if (platform === 'mac' && arch === 'x64')
    throw new Error(
      'There is no package for Macs with Intel processors: ONNX Runtime has no build for them any more. Use --arch arm64.',
    );
  const target = targets[`${platform}-${arch}`];
  if (target) return target;
  throw new Error(
    `Expected one of ${Object.keys(targets).join(', ')} but received ${platform}-${arch}.`,
  );
}

/** Packages of sharp that belong to a target. @param {Target} target */
export const sharpPackages = ({ node, arch }) =>
  node === 'win32'
    ? [`sharp-${node}-${arch}`]
    : [`sharp-${node}-${arch}`, `sharp-libvips-${node}-${arch}`];

/**
 * The one door to LibRaw (`libraw-wasm`): what of it is used, typed as it behaves, and loaded without the package's
 * own worker, which needs a page. Runs only in the thread of `thread.ts`: all calls are synchronous.
 * An object keeps the settings of its last file and gives its memory back only by `delete()`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

/** A RAW file in LibRaw. Everything throws bare pointers, never errors: what they mean is not told. */
export interface LibRawFile {
  open(bytes: Uint8Array, settings: LibRawSettings): void;
  metadata(full: true): LibRawMetadata;
  /** A copy that the caller owns, as the mosaic is. Call before `rawImageData`, or it is no picture. */
  imageData(): LibRawPicture;
  /** The mosaic with its margins, black not subtracted; undefined where there is none (linear DNG). */
  rawImageData(): LibRawMosaic | undefined;
  /** A JPEG with an EXIF block of LibRaw's before it; undefined where there is none. */
  thumbnailData(): { readonly data: Uint8Array; readonly format: string } | undefined;
  delete(): void;
}

/** As `dcraw_emu` calls them: -w -W -4 -q -h -o -g -H -t -c. */
export interface LibRawSettings {
  readonly useCameraWb: boolean;
  readonly noAutoBright: boolean;
  readonly outputBps: 8 | 16;
  readonly userQual: number;
  readonly halfSize: boolean;
  readonly outputColor: number;
  /** Six numbers, or it is ignored (1.6.0). */
  readonly gamm: readonly [number, number, number, number, number, number];
  readonly highlight: number;
  readonly userFlip: number;
  readonly adjustMaximumThr: number;
}

export interface LibRawPicture {
  readonly width: number;
  readonly height: number;
  readonly colors: number;
  readonly bits: number;
  readonly data: Uint8Array | Uint16Array;
}

export interface LibRawMosaic {
  readonly raw_width: number;
  readonly raw_height: number;
  readonly top_margin: number;
  readonly left_margin: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array;
}

/** What is used of the metadata; numbers as LibRaw has them at that moment. */
export interface LibRawMetadata {
  readonly width: number;
  readonly height: number;
  readonly raw_width: number;
  readonly raw_height: number;
  readonly top_margin: number;
  readonly left_margin: number;
  /** How the picture was turned: 1 mirrored columns, 2 mirrored rows, 4 exchanged both. */
  readonly flip: number;
  readonly camera_make: string;
  readonly camera_model: string;
  readonly iso_speed: number;
  readonly raw_count: number;
  readonly colors: number;
  /** 0: three samples a pixel; 9: X-Trans; else the 2×8 pattern of the mosaic. */
  readonly filters: number;
  readonly cdesc: string;
  readonly is_foveon: number;
  readonly color_data: {
    readonly black: number;
    readonly maximum: number;
    readonly cam_mul: readonly number[];
    /** After `imageData`: the white balance that was used, the least 1. */
    readonly pre_mul: readonly number[];
    /** Rows of linear sRGB (D65) by camera colours. */
    readonly rgb_cam: readonly (readonly number[])[];
    /** Rows of camera colours by XYZ (D65), 0 where LibRaw does not know the camera. */
    readonly cam_xyz: readonly (readonly number[])[];
    readonly UniqueCameraModel: string;
  };
}

export interface LibRawModule {
  readonly LibRaw: new () => LibRawFile;
}

/** A page's worker is never asked for; should a version of the package do so, this says it at once. */
class NoWorker {
  constructor() {
    throw new Error('libraw-wasm asked for a thread.');
  }
}

const packageFolder = (): string => dirname(createRequire(import.meta.url).resolve('libraw-wasm'));

/**
 * How much a function of LibRaw executes, roughly in bytes of code, before V8 compiles it better. By V8's own measure those are compiled too that run
 * once a file, three of them 230 kB of code, which no file of half the size gets back. Loops over pixels reach this one soon enough: nothing became
 * slower, the first file a quarter of a second quicker (`npm run bench -- raw`, docs/benchmarks.md).
 */
const patience = 1e9;
/** V8's own number, which can not be asked for: by its major version. */
const usualPatience = Number.parseInt(process.versions.v8) < 12 ? 1.8e6 : 13e6;

let compiled: WebAssembly.Module | null = null;

/**
 * LibRaw's code, which threads share: what V8 compiled better for one file serves the next ones. 10 ms, for functions are compiled when they are called.
 * A module keeps the number that holds while it is made.
 */
export function libRawCode(): WebAssembly.Module {
  if (compiled) return compiled;
  const bytes = readFileSync(join(packageFolder(), 'libraw.wasm'));
  setFlagsFromString(`--wasm-tiering-budget=${patience}`);
  try {
    return (compiled = new WebAssembly.Module(bytes));
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${usualPatience}`);
  }
}

/** LibRaw with memory of its own, 30 ms. @param code of `libRawCode`, perhaps of another thread */
export async function loadLibRaw(code: WebAssembly.Module): Promise<LibRawModule> {
  Object.assign(globalThis, { Worker: NoWorker });
  const { default: create } = (await import(
    pathToFileURL(join(packageFolder(), 'libraw.js')).href
  )) as { default: (options: EmscriptenOptions) => Promise<LibRawModule> };
  return create({
    instantiateWasm(imports, done) {
      // At once, so that what goes wrong (no memory) ends the promise of the module.
      done(new WebAssembly.Instance(code, imports), code);
    },
  });
}

/** What a program of Emscripten takes instead of finding its code itself. */
interface EmscriptenOptions {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, code: WebAssembly.Module) => void,
  ): void;
}

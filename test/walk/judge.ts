/**
 * Holds what stands on the screen against what ought to stand there. Two questions: does a label name pixels
 * that are the original's (asked all the time), and is all that is seen equal to the export (asked whenever
 * the screen says that it is final).
 */
import type { CleanFirst, Expected, Wanted } from './expected.ts';
import type { WalkFile } from './pictures.ts';
import type { Place, Shown } from './shown.ts';

/** One draw of the viewer: a part of a tile, to a part of the canvas. */
export interface Drawn {
  readonly hash: string;
  readonly sx: number;
  readonly sy: number;
  readonly sw: number;
  readonly sh: number;
  readonly dx: number;
  readonly dy: number;
  readonly dw: number;
  readonly dh: number;
  readonly clip: { readonly x: number; readonly width: number } | null;
}

export interface Answer {
  readonly path: string;
  readonly status: number;
  readonly at: number;
  readonly onScreen: boolean;
}

/** See `observe` in probe.js. */
export interface Observation {
  readonly at: number;
  readonly frame: number;
  readonly name: string | null;
  readonly picture: string | null;
  readonly workspace: string;
  readonly status: string | null;
  readonly said: string;
  readonly labels: readonly string[];
  readonly canvas: {
    readonly width: number;
    readonly height: number;
    readonly ratio: number;
    readonly cssWidth: number;
    readonly cssHeight: number;
  } | null;
  readonly drawn: readonly Drawn[];
  readonly settings: {
    readonly sliders: Readonly<Record<string, number>>;
    readonly choices: Readonly<Record<string, string>>;
    readonly peer: string | null;
    readonly suggested: boolean;
    readonly size: string | null;
    readonly consent: boolean | null;
  };
  readonly files: readonly string[];
  readonly problem: string;
  readonly notice: string;
  readonly answers: readonly Answer[];
}

/** True when the screen says that nothing more will come. */
export const saysFinal = ({ status, said }: Observation): boolean =>
  (status === 'final' && said.startsWith('Final')) ||
  (status === 'nothing' && !said.includes('Opening')) ||
  (status === 'ready' && said.startsWith('Decoded'));

/** True while another format is to take the original's place. */
export const awaitsPeer = ({ workspace, labels, settings }: Observation): boolean => {
  const peer = settings.choices['Compare with'] ?? 'Original';
  return (
    workspace === 'Compress' &&
    peer !== 'Original' &&
    labels.length === 2 &&
    !labels[0]!.startsWith(peer)
  );
};

/** Labels that promise a whole result. */
const wholeLabel = /^(Cleaned|Compressed|JPEG|WebP|AVIF)\b/;

interface Part {
  readonly label: string;
  readonly x: number;
  readonly width: number;
  readonly drawn: readonly Drawn[];
}

/** What each label stands above, left to right; null: labels and picture are not of one moment. */
function partsOf(seen: Observation): readonly Part[] | null {
  const parts = new Map<number, { x: number; width: number; drawn: Drawn[] }>();
  for (const draw of seen.drawn) {
    if (!draw.clip) return null;
    const part = parts.get(draw.clip.x) ?? { ...draw.clip, drawn: [] };
    part.drawn.push(draw);
    parts.set(draw.clip.x, part);
  }
  const found = [...parts.values()].sort((a, b) => a.x - b.x);
  if (found.length !== seen.labels.length) return null;
  return found.map((part, index) => ({ ...part, label: seen.labels[index]! }));
}

/** The picture that a label stands for at the settings on the screen; null: no single one. */
function wantedBy(label: string, seen: Observation): Wanted | null {
  const { sliders, choices, peer, suggested } = seen.settings;
  if (/^(Original|Decoded)\b/.test(label)) return { what: 'source' };
  if (/^Cleaned\b/.test(label)) {
    const { Strength, Detail, Chroma } = sliders;
    if (Strength === undefined || Detail === undefined) return null;
    const strength = suggested ? 'auto' : Strength;
    return { what: 'cleaned', strength, detail: Detail, chroma: Chroma ?? 100 };
  }
  if (/^Compressed\b/.test(label)) {
    const [, quality] = /^Final at quality (\d+)/.exec(seen.said) ?? [];
    const way = choices['Clean first'];
    const clean: CleanFirst | undefined =
      way === 'Off' ? 'off' : way === 'Suggested' ? 'auto' : sliders.Strength;
    if (quality === undefined || clean === undefined) return null;
    return { what: 'compressed', quality: Number(quality), clean };
  }
  const [, format] = /^(JPEG|WebP|AVIF)\b/.exec(label) ?? [];
  const [, quality] = new RegExp(`^${format}, quality (\\d+)$`).exec(peer ?? '') ?? [];
  if (!format || quality === undefined) return null;
  return {
    ...{ what: 'peer', quality: Number(quality) },
    format: format.toLowerCase() as 'jpeg' | 'webp' | 'avif',
  };
}

export type Verdict =
  | { readonly kind: 'right'; readonly zoom: number; readonly pixels: number }
  /** Labels, settings and picture are between two states; ask again. */
  | { readonly kind: 'moving' }
  /** What ought to be there had to be made first; ask again, the screen may have gone on. */
  | { readonly kind: 'asked'; readonly milliseconds: number }
  | { readonly kind: 'wrong'; readonly words: string; readonly pixels: number };

export class Judge {
  readonly #expected: Expected;
  readonly #files: readonly WalkFile[];
  /** Reads the canvas of a frame; null: another frame has come. */
  readonly #pixels: (frame: number) => Promise<Uint8Array | null>;

  constructor(
    expected: Expected,
    files: readonly WalkFile[],
    pixels: (frame: number) => Promise<Uint8Array | null>,
  ) {
    this.#expected = expected;
    this.#files = files;
    this.#pixels = pixels;
  }

  fileOf(seen: Observation): WalkFile | null {
    return this.#files.find(({ name }) => name === seen.name) ?? null;
  }

  /** A label that promises a result over tiles of the original; null: there is none. */
  async mislabelled(seen: Observation): Promise<string | null> {
    const file = this.fileOf(seen);
    if (!file) return null;
    const sources = await this.#sources(file);
    for (const { label, drawn } of partsOf(seen) ?? []) {
      if (!wholeLabel.test(label)) continue;
      const own = drawn.filter(({ hash }) => sources.some(({ tiles }) => tiles.has(hash)));
      if (own.length > 0 && !(await this.#mayEqual(seen, file, label, own)))
        return `“${label}” stands over ${own.length} of ${drawn.length} tiles of the original of ${file.name}; said is “${seen.said}”`;
    }
    return null;
  }

  /** Is all that is seen what the export holds? */
  async final(seen: Observation): Promise<Verdict> {
    const file = this.fileOf(seen);
    if (!file || !seen.canvas) return { kind: 'moving' };
    const parts = partsOf(seen);
    if (!parts) return { kind: 'moving' };
    const started = performance.now();
    let asked = false;
    let best: Verdict | null = null;
    for (let version = file.versions.length - 1; version >= 0; version--) {
      const wants: { part: Part; wanted: Wanted; shown: Shown }[] = [];
      for (const part of parts) {
        const wanted = wantedBy(part.label, seen);
        if (!wanted) return { kind: 'moving' };
        asked ||= !this.#expected.known(file, version, wanted);
        wants.push({ part, wanted, shown: await this.#expected.of(file, version, wanted) });
      }
      if (asked) return { kind: 'asked', milliseconds: performance.now() - started };
      const verdict = await this.#hold(seen, file, wants);
      if (verdict.kind !== 'wrong') return verdict;
      if (best?.kind !== 'wrong' || verdict.pixels < best.pixels) best = verdict;
    }
    return best!;
  }

  async #sources(file: WalkFile): Promise<Shown[]> {
    return Promise.all(
      file.versions.map((_, version) => this.#expected.of(file, version, { what: 'source' })),
    );
  }

  /** Nothing was changed in these tiles, as far as that is known. */
  async #mayEqual(
    seen: Observation,
    file: WalkFile,
    label: string,
    drawn: readonly Drawn[],
  ): Promise<boolean> {
    const wanted = wantedBy(label, seen);
    if (!wanted) return false;
    for (let version = 0; version < file.versions.length; version++) {
      const known = await this.#expected.known(file, version, wanted);
      if (known && drawn.every(({ hash }) => known.tiles.has(hash))) return true;
    }
    return false;
  }

  async #hold(
    seen: Observation,
    file: WalkFile,
    wants: readonly { part: Part; wanted: Wanted; shown: Shown }[],
  ): Promise<Verdict> {
    const canvas = seen.canvas!;
    // Where the page's lines fall between device pixels, a box may be a pixel larger or smaller than its measure.
    const off = Math.max(
      Math.abs(canvas.width - canvas.cssWidth * canvas.ratio),
      Math.abs(canvas.height - canvas.cssHeight * canvas.ratio),
    );
    if (off > 1)
      return {
        kind: 'wrong',
        words: `the canvas is ${off.toFixed(1)} pixels off its place`,
        pixels: canvas.width * canvas.height,
      };
    const pixels = await this.#pixels(seen.frame);
    if (!pixels) return { kind: 'moving' };
    const original = await this.#sources(file);
    const placed: Laid[] = [];
    let zoom = 1;
    let compared = 0;
    for (const { part, wanted, shown } of wants) {
      const about = `“${part.label}” of ${file.name} (${JSON.stringify(wanted)})`;
      const laid = layOut(part, shown);
      // A label of the file itself promises no level: its finer tiles may be on their way.
      if (laid === coarse && wanted.what === 'source') return { kind: 'moving' };
      if (typeof laid === 'string') {
        const place = placed.at(-1);
        const against = (picture: Shown): string =>
          place
            ? distance(pixels, canvas, part, picture, { ...place, x: place.x + shift(seen, part) })
            : '';
        const words = `${about}: ${laid}; from the export ${against(shown)}, from the original ${against(original.at(-1)!)}`;
        return { kind: 'wrong', words, pixels: part.width * canvas.height };
      }
      // Nor that all of them are there.
      if (wanted.what === 'source' && !covers(part, canvas, shown, laid)) return { kind: 'moving' };
      placed.push({ ...laid, x: laid.x - shift(seen, part) });
      zoom = laid.zoom;
      const differing =
        zoom >= 1
          ? differingPixels(pixels, canvas, part, shown, laid)
          : farPixels(pixels, canvas, part, shown, laid);
      if (differing > 0)
        return {
          kind: 'wrong',
          words: `${about}: ${differing} pixels differ at ${Math.round(zoom * 100)} %`,
          pixels: differing,
        };
      compared += part.width * canvas.height;
    }
    return { kind: 'right', zoom, pixels: compared };
  }
}

/** Where the picture's first pixel lies on the canvas, and how large a pixel is. */
interface Laid {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

const coarse = 'tiles of another level than that of the zoom are drawn';

/** The place of a picture from the tiles that were drawn of it; words: they are not those of the picture. */
function layOut(part: Part, shown: Shown): Laid | string {
  const found: { place: Place; laid: Laid }[] = [];
  let unknown = 0;
  for (const draw of part.drawn) {
    const place = shown.tiles.get(draw.hash);
    if (!place) unknown += 1;
    // A tile's edge that ends within a device pixel is drawn by itself; one pixel says nothing of the zoom.
    else if (draw.dw > 1 && draw.dh > 1) {
      const side = draw.dw / draw.sw;
      const zoom = side / 2 ** place.level;
      found.push({
        place,
        laid: {
          zoom,
          x: draw.dx - draw.sx * side - place.column * 512 * side,
          y: draw.dy - draw.sy * side - place.row * 512 * side,
        },
      });
    }
  }
  if (unknown > 0) return `${unknown} of ${part.drawn.length} tiles are not those of the export`;
  const [first] = found;
  if (!first) return 'nothing is drawn';
  const level = Math.min(
    Math.max(Math.floor(Math.log2(1 / first.laid.zoom) + 1e-6), 0),
    shown.levels.length - 1,
  );
  for (const { place, laid } of found) {
    if (place.level !== level) return coarse;
    if (Math.abs(laid.x - first.laid.x) > 0.51 || Math.abs(laid.y - first.laid.y) > 0.51)
      return 'the tiles do not fit together';
  }
  return first.laid;
}

/** Do the tiles that were drawn leave no hole of a device pixel and more in what is seen of the picture? */
function covers(part: Part, canvas: Canvas, shown: Shown, laid: Laid): boolean {
  const seenOf = (x: number, y: number, width: number, height: number): number => {
    const across = Math.min(x + width, part.x + part.width) - Math.max(x, part.x);
    const down = Math.min(y + height, canvas.height) - Math.max(y, 0);
    return Math.max(0, across) * Math.max(0, down);
  };
  const { width, height } = shown.levels[0]!;
  const whole = seenOf(laid.x, laid.y, width * laid.zoom, height * laid.zoom);
  const drawn = part.drawn.reduce((sum, { dx, dy, dw, dh }) => sum + seenOf(dx, dy, dw, dh), 0);
  return whole - drawn < canvas.width + canvas.height;
}

/** Two panes side by side each begin anew. */
const shift = ({ settings }: Observation, part: Part): number =>
  settings.choices.Compare === 'Side' ? part.x : 0;

/** For people: how far the canvas is from a picture, where it lies as the part beside it does. */
function distance(
  pixels: Uint8Array,
  canvas: NonNullable<Observation['canvas']>,
  part: Part,
  shown: Shown,
  laid: Laid,
): string {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < canvas.height; y++)
    for (let x = part.x; x < part.x + part.width; x++) {
      const from = under(x, y, laid, shown.levels[0]!, laid.zoom);
      if (from === null) continue;
      count += 1;
      for (let channel = 0; channel < 3; channel++)
        sum +=
          (pixels[(y * canvas.width + x) * 4 + channel]! - shown.levels[0]!.rgb[from + channel]!) **
          2;
    }
  return `MSE ${(sum / Math.max(1, count * 3)).toFixed(2)}`;
}

type Canvas = NonNullable<Observation['canvas']>;

/** The picture's pixel under a canvas pixel, or null beside the picture. */
const under = (x: number, y: number, laid: Laid, size: Shown['levels'][number], zoom: number) => {
  const column = Math.floor((x + 0.5 - laid.x) / zoom);
  const row = Math.floor((y + 0.5 - laid.y) / zoom);
  return column >= 0 && row >= 0 && column < size.width && row < size.height
    ? (row * size.width + column) * 3
    : null;
};

/** From 100 % on every pixel of the picture is a square of its own colour: no difference is allowed. */
function differingPixels(
  pixels: Uint8Array,
  canvas: Canvas,
  part: Part,
  shown: Shown,
  laid: Laid,
): number {
  const [picture] = shown.levels;
  let differing = 0;
  for (let y = 0; y < canvas.height; y++)
    for (let x = part.x; x < part.x + part.width; x++) {
      const from = under(x, y, laid, picture!, laid.zoom);
      const at = (y * canvas.width + x) * 4;
      if (from === null) {
        if (pixels[at + 3] !== 0) differing += 1;
      } else if (
        pixels[at] !== picture!.rgb[from] ||
        pixels[at + 1] !== picture!.rgb[from + 1] ||
        pixels[at + 2] !== picture!.rgb[from + 2]
      )
        differing += 1;
    }
  return differing;
}

/**
 * Below 100 % the browser mixes neighbouring pixels of a level as it likes; the tiles themselves were compared.
 * Here a pixel counts that is darker or brighter than all of the level's pixels that could be mixed.
 */
function farPixels(
  pixels: Uint8Array,
  canvas: Canvas,
  part: Part,
  shown: Shown,
  laid: Laid,
): number {
  const level = Math.max(0, Math.floor(Math.log2(1 / laid.zoom) + 1e-6));
  const picture = shown.levels[Math.min(level, shown.levels.length - 1)]!;
  const side = laid.zoom * 2 ** level;
  const reach = Math.ceil(1 / side) + 1;
  let far = 0;
  for (let y = 0; y < canvas.height; y += 3)
    for (let x = part.x; x < part.x + part.width; x += 3) {
      const column = Math.floor((x + 0.5 - laid.x) / side);
      const row = Math.floor((y + 0.5 - laid.y) / side);
      if (column < 0 || row < 0 || column >= picture.width || row >= picture.height) continue;
      // The last column and row of a level may stand for half as many pixels of the picture as the others.
      if (under(x, y, laid, shown.levels[0]!, laid.zoom) === null) continue;
      const at = (y * canvas.width + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        let low = 255;
        let high = 0;
        for (let v = Math.max(0, row - reach); v <= Math.min(picture.height - 1, row + reach); v++)
          for (
            let u = Math.max(0, column - reach);
            u <= Math.min(picture.width - 1, column + reach);
            u++
          ) {
            const value = picture.rgb[(v * picture.width + u) * 3 + channel]!;
            if (value < low) low = value;
            if (value > high) high = value;
          }
        if (pixels[at + channel]! < low - 1 || pixels[at + channel]! > high + 1) {
          far += 1;
          break;
        }
      }
    }
  return far;
}

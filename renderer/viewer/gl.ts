/**
 * Draws tiles with WebGL2: one texture per tile, one quad per visible tile. Colours pass through untouched:
 * plain RGBA8 textures, no sRGB framebuffer, no colour-space conversion; the browser takes the canvas
 * as sRGB. Tiles of 16 bits are textures of integers, whose levels stand in a table (a third texture). The
 * shaders, and why integers, are in shaders.ts.
 */
import type { Placement } from './orientation.ts';
import type { Checkerboard, Clip, Painter, Quad } from './painter.ts';
import { fragmentShader, MODES, vertexShader, type TileKinds } from './shaders.ts';
import type { TileBytes } from './tile-fetch.ts';

const UNIFORMS = [
  'canvasSize',
  'quad',
  'axes',
  'shift',
  'source',
  'result',
  'tileOrigin',
  'tileScale',
  'smoothed',
  'mode',
  'gain',
  'checkOrigin',
  'checkSide',
  'levels',
] as const;
type Uniforms = Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;

/** A tile in the graphics memory. */
export interface GlTile {
  readonly texture: WebGLTexture;
  readonly kind: TileKinds['source'];
}

/** One variant of the shaders. */
interface Program {
  readonly program: WebGLProgram;
  readonly uniforms: Uniforms;
}

/** Where the programs find the corners of the quad. */
const CORNER = 0;
/** Side of the texture that holds the levels of all codes. */
const LEVELS_SIDE = 256;

/** Names of renderers that do the GPU's work on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let hardware: boolean | null = null;

/**
 * WebGL with a GPU behind it, asked once on a canvas of its own (a canvas that has had one kind of
 * context gets no other). `failIfMajorPerformanceCaveat` alone is not honoured everywhere.
 */
function hasHardware(): boolean {
  if (hardware !== null) return hardware;
  const gl = document
    .createElement('canvas')
    .getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return (hardware = false);
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : '';
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return (hardware = typeof name !== 'string' || !SOFTWARE.test(name));
}

/**
 * @returns null where the browser offers no WebGL2, or only one that runs on the processor: 2D drawing
 * is several times faster there, and the processor is busy cleaning
 */
export function createGlPainter(canvas: HTMLCanvasElement): Painter<GlTile> | null {
  if (!hasHardware()) return null;
  const gl = canvas.getContext('webgl2', {
    alpha: true,
    antialias: false,
    depth: false,
    stencil: false,
    premultipliedAlpha: true,
    powerPreference: 'high-performance',
  });
  if (!gl || gl.isContextLost()) return null;
  if ('drawingBufferColorSpace' in gl) gl.drawingBufferColorSpace = 'srgb';
  return createPainter(gl);
}

/** What every painter's programs share. */
function createPainter(gl: WebGL2RenderingContext): Painter<GlTile> | null {
  const corners = gl.createVertexArray();
  gl.bindVertexArray(corners);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(CORNER);
  gl.vertexAttribPointer(CORNER, 2, gl.FLOAT, false, 0, 0);
  gl.disable(gl.DITHER);
  gl.disable(gl.BLEND);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  const photos = link(gl, { source: 'rgba', result: 'rgba' });
  return photos && new GlPainter(gl, corners, photos);
}

class GlPainter implements Painter<GlTile> {
  readonly kind = 'webgl';
  readonly bytesPerPixel = 4;
  levels: Uint8Array<ArrayBuffer> | null = null;
  readonly #gl: WebGL2RenderingContext;
  readonly #corners: WebGLVertexArrayObject;
  /** By the kinds of tile that they draw; null: it can not be had. Those of scans are made for the first scan. */
  readonly #programs = new Map<string, Program | null>();
  readonly #levelsTexture: WebGLTexture;
  /** What that texture holds. */
  #uploaded: Painter<GlTile>['levels'] = null;
  #current: Program | null = null;
  #checkerboard: Checkerboard = { originX: 0, originY: 0, side: 1 };
  #placement: Placement = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

  constructor(gl: WebGL2RenderingContext, corners: WebGLVertexArrayObject, photos: Program) {
    this.#gl = gl;
    this.#corners = corners;
    this.#programs.set('rgba rgba', photos);
    gl.activeTexture(gl.TEXTURE2);
    this.#levelsTexture = texture(gl, gl.R8, { width: LEVELS_SIDE, height: LEVELS_SIDE });
  }

  upload(tile: TileBytes): { payload: GlTile; bytes: number } {
    const gl = this.#gl;
    const { width, height } = tile;
    const coded = tile.codes !== undefined;
    gl.activeTexture(gl.TEXTURE0);
    const made = texture(gl, coded ? gl.R16UI : gl.RGBA8, tile);
    const [format, type] = coded
      ? ([gl.RED_INTEGER, gl.UNSIGNED_SHORT] as const)
      : ([gl.RGBA, gl.UNSIGNED_BYTE] as const);
    const pixels = tile.codes ?? tile.pixels;
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, format, type, pixels);
    if (!coded) {
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    }
    return {
      payload: { texture: made, kind: coded ? 'codes' : 'rgba' },
      bytes: width * height * (coded ? 2 : 4),
    };
  }

  release({ texture }: GlTile): void {
    this.#gl.deleteTexture(texture);
  }

  begin(checkerboard: Checkerboard): void {
    const gl = this.#gl;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    gl.bindVertexArray(this.#corners);
    this.#checkerboard = { ...checkerboard };
    this.#current = null;
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, this.#levelsTexture);
    if (this.levels === null || this.levels === this.#uploaded) return;
    this.#uploaded = this.levels;
    const [format, type] = [gl.RED, gl.UNSIGNED_BYTE];
    const side = LEVELS_SIDE;
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, side, side, format, type, this.levels);
  }

  clip(clip: Clip, placement: Placement): void {
    const gl = this.#gl;
    this.#placement = placement;
    gl.scissor(clip.x, gl.drawingBufferHeight - clip.y - clip.height, clip.width, clip.height);
  }

  drawTile(tile: GlTile, quad: Quad): void {
    const program = this.#use(tile, tile);
    if (!program) return;
    this.#gl.uniform1i(program.uniforms.mode, MODES.tile);
    this.#draw(program, quad);
  }

  drawShare(source: GlTile, result: GlTile, quad: Quad, share: number): void {
    this.#drawTwo(source, result, quad, MODES.share, share);
  }

  drawResidual(source: GlTile, result: GlTile, quad: Quad, gain: number): void {
    this.#drawTwo(source, result, quad, MODES.residual, gain);
  }

  end(): void {
    this.#gl.bindVertexArray(null);
  }

  dispose(): void {
    // Frees the memory now instead of at some later garbage collection.
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  #drawTwo(source: GlTile, result: GlTile, quad: Quad, mode: number, gain: number): void {
    const program = this.#use(source, result);
    if (!program) return;
    this.#gl.uniform1i(program.uniforms.mode, mode);
    this.#gl.uniform1f(program.uniforms.gain, gain);
    this.#draw(program, quad);
  }

  /** Binds two tiles, and the program that reads such tiles. */
  #use(source: GlTile, result: GlTile): Program | null {
    const gl = this.#gl;
    const key = `${source.kind} ${result.kind}`;
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = link(gl, { source: source.kind, result: result.kind });
      this.#programs.set(key, program);
    }
    if (!program) return null;
    if (program !== this.#current) this.#begin(program);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, result.texture);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, source.texture);
    return program;
  }

  /** What holds for all of a frame. */
  #begin(program: Program): void {
    const gl = this.#gl;
    const { uniforms } = program;
    const { originX, originY, side } = this.#checkerboard;
    this.#current = program;
    gl.useProgram(program.program);
    gl.uniform1i(uniforms.source, 0);
    gl.uniform1i(uniforms.result, 1);
    gl.uniform1i(uniforms.levels, 2);
    gl.uniform2f(uniforms.canvasSize, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform2f(uniforms.checkOrigin, originX, originY);
    gl.uniform1f(uniforms.checkSide, side);
  }

  #draw({ uniforms }: Program, quad: Quad): void {
    const gl = this.#gl;
    const { a, b, c, d, e, f } = this.#placement;
    gl.uniform4f(uniforms.axes, a, b, c, d);
    gl.uniform2f(uniforms.shift, e, f);
    gl.uniform4f(uniforms.quad, quad.left, quad.top, quad.right, quad.bottom);
    gl.uniform2f(uniforms.tileOrigin, quad.originX, quad.originY);
    gl.uniform1f(uniforms.tileScale, quad.scale);
    gl.uniform1i(uniforms.smoothed, quad.smooth ? 1 : 0);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
}

/** Makes a texture of one level, bound to the active unit. Integers can not be filtered. */
function texture(
  gl: WebGL2RenderingContext,
  format: number,
  { width, height }: { readonly width: number; readonly height: number },
): WebGLTexture {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return made;
}

/** @returns null where the graphics driver refuses it, or the context is lost */
function link(gl: WebGL2RenderingContext, kinds: TileKinds): Program | null {
  const program = gl.createProgram();
  for (const [type, text] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader(kinds)],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return null;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.bindAttribLocation(program, CORNER, 'corner');
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) return null;
  const uniforms = Object.fromEntries(
    UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]),
  ) as Uniforms;
  return { program, uniforms };
}

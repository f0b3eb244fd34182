/**
 * Draws tiles with WebGL2: one program, one texture per tile, one quad per visible tile. Colours pass
 * through untouched: plain RGBA8 textures, no sRGB framebuffer, no colour-space conversion; the browser
 * takes the canvas as sRGB. The shaders are in shaders.ts.
 */
import type { Checkerboard, Clip, Painter, Quad } from './painter.ts';
import { fragmentShader, vertexShader } from './shaders.ts';
import type { TileBytes } from './tile-fetch.ts';

const UNIFORMS = [
  'canvasSize',
  'quad',
  'source',
  'result',
  'tileOrigin',
  'tileScale',
  'smoothed',
  'residual',
  'gain',
  'checkOrigin',
  'checkSide',
] as const;
type Uniforms = Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;

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
export function createGlPainter(canvas: HTMLCanvasElement): Painter<WebGLTexture> | null {
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
  const program = link(gl);
  if (!program) return null;
  return new GlPainter(gl, program);
}

class GlPainter implements Painter<WebGLTexture> {
  readonly kind = 'webgl';
  readonly bytesPerPixel = 4;
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #uniforms: Uniforms;
  readonly #corners: WebGLVertexArrayObject;

  constructor(gl: WebGL2RenderingContext, program: WebGLProgram) {
    this.#gl = gl;
    this.#program = program;
    this.#uniforms = Object.fromEntries(
      UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]),
    ) as Uniforms;
    this.#corners = gl.createVertexArray();
    gl.bindVertexArray(this.#corners);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
    const corner = gl.getAttribLocation(program, 'corner');
    gl.enableVertexAttribArray(corner);
    gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
    gl.disable(gl.DITHER);
    gl.disable(gl.BLEND);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  }

  upload(tile: TileBytes): { payload: WebGLTexture; bytes: number } {
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, tile.width, tile.height);
    gl.texSubImage2D(
      gl.TEXTURE_2D,
      0,
      0,
      0,
      tile.width,
      tile.height,
      gl.RGBA,
      gl.UNSIGNED_BYTE,
      tile.pixels,
    );
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return { payload: texture, bytes: tile.width * tile.height * this.bytesPerPixel };
  }

  release(texture: WebGLTexture): void {
    this.#gl.deleteTexture(texture);
  }

  begin(checkerboard: Checkerboard): void {
    const gl = this.#gl;
    const width = gl.drawingBufferWidth;
    const height = gl.drawingBufferHeight;
    gl.viewport(0, 0, width, height);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#corners);
    gl.uniform1i(this.#uniforms.source, 0);
    gl.uniform1i(this.#uniforms.result, 1);
    gl.uniform2f(this.#uniforms.canvasSize, width, height);
    gl.uniform2f(this.#uniforms.checkOrigin, checkerboard.originX, checkerboard.originY);
    gl.uniform1f(this.#uniforms.checkSide, checkerboard.side);
  }

  clip(clip: Clip): void {
    const gl = this.#gl;
    gl.scissor(clip.x, gl.drawingBufferHeight - clip.y - clip.height, clip.width, clip.height);
  }

  drawTile(texture: WebGLTexture, quad: Quad): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.uniform1i(this.#uniforms.residual, 0);
    this.#draw(quad);
  }

  drawResidual(source: WebGLTexture, result: WebGLTexture, quad: Quad, gain: number): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, result);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, source);
    gl.uniform1i(this.#uniforms.residual, 1);
    gl.uniform1f(this.#uniforms.gain, gain);
    this.#draw(quad);
  }

  end(): void {
    this.#gl.bindVertexArray(null);
  }

  dispose(): void {
    // Frees the memory now instead of at some later garbage collection.
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  #draw(quad: Quad): void {
    const gl = this.#gl;
    gl.uniform4f(this.#uniforms.quad, quad.left, quad.top, quad.right, quad.bottom);
    gl.uniform2f(this.#uniforms.tileOrigin, quad.originX, quad.originY);
    gl.uniform1f(this.#uniforms.tileScale, quad.scale);
    gl.uniform1i(this.#uniforms.smoothed, quad.smooth ? 1 : 0);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [type, text] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return null;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

/**
 * The shader program of the viewer, in a variant for each kind of tile: RGBA8, or codes of 16 bits whose level
 * stands in a table.
 *
 * Codes are integer textures. As half floats (11 significant bits) values of a 12-bit scan above 2048 would
 * fall together two by two, and normalised 16-bit textures are an extension that many devices lack. What integer
 * textures can not do is filter; it would be wrong here anyway: the level of a mean is not the mean of
 * levels, and what stands on the screen must be that of an 8-bit tile. So every texel is looked up first, and
 * levels are averaged.
 *
 * Sampling is an exact box filter over the display pixel's footprint on the tile: at 100 % and at
 * whole multiples the footprint lies inside one texel, so the value is the tile's, bit for bit; at other
 * enlargements pixels stay crisp squares of even size; below 100 % (a footprint of 1 to 2 texels, the
 * pyramid does the rest) grain is averaged evenly, where bilinear sampling would draw a beat pattern of
 * sharper and softer noise.
 */
export const vertexShader = `#version 300 es
uniform vec2 canvasSize;
uniform vec4 quad;
// How the picture is turned and flipped: from positions of quads to the canvas.
uniform vec4 axes;
uniform vec2 shift;
in vec2 corner;
void main() {
  vec2 at = mix(quad.xy, quad.zw, corner);
  vec2 position = (axes.xy * at.x + axes.zw * at.y + shift) / canvasSize;
  gl_Position = vec4(position.x * 2.0 - 1.0, 1.0 - position.y * 2.0, 0.0, 1.0);
}`;

/** What is drawn of two tiles: the first one alone, their difference, or the first one with a share of it. */
export const MODES = { tile: 0, residual: 1, share: 2 } as const;

/** The kinds of tile of the source and of the result, which may differ. */
export interface TileKinds {
  readonly source: 'rgba' | 'codes';
  readonly result: 'rgba' | 'codes';
}

/** How a tile of one kind is read. `name` begins its functions. */
const reader = (name: string, kind: 'rgba' | 'codes'): string => `
uniform highp ${kind === 'codes' ? 'usampler2D' : 'sampler2D'} ${name};

// Premultiplied.
vec4 ${name}Texel(ivec2 at) {
  ${
    kind === 'codes'
      ? `uint code = texelFetch(${name}, at, 0).r;
  return vec4(vec3(texelFetch(levels, ivec2(int(code & 255u), int(code >> 8u)), 0).r), 1.0);`
      : `vec4 texel = texelFetch(${name}, at, 0);
  return vec4(texel.rgb * texel.a, texel.a);`
  }
}

// Mean of the texels under the footprint, weighted by overlap.
vec4 ${name}Area(vec2 at, float reach) {
  ivec2 last = textureSize(${name}, 0) - 1;
  vec2 low = at - reach;
  vec2 high = at + reach;
  ivec2 first = clamp(ivec2(floor(low + EDGE)), ivec2(0), last);
  ivec2 end = clamp(ivec2(ceil(high - EDGE)) - 1, ivec2(0), last);
  if (first == end) return ${name}Texel(first);
  vec4 sum = vec4(0.0);
  float total = 0.0;
  for (int y = first.y; y <= end.y; y++) {
    float rows = min(high.y, float(y + 1)) - max(low.y, float(y));
    for (int x = first.x; x <= end.x; x++) {
      float weight = max(rows * (min(high.x, float(x + 1)) - max(low.x, float(x))), 1e-6);
      sum += ${name}Texel(ivec2(x, y)) * weight;
      total += weight;
    }
  }
  return sum / total;
}

vec4 ${name}Interpolated(vec2 at) {
  ${
    kind === 'codes'
      ? `ivec2 last = textureSize(${name}, 0) - 1;
  vec2 corner = floor(at - 0.5);
  vec2 part = at - 0.5 - corner;
  ivec2 low = clamp(ivec2(corner), ivec2(0), last);
  ivec2 high = clamp(ivec2(corner) + 1, ivec2(0), last);
  return mix(
    mix(${name}Texel(low), ${name}Texel(ivec2(high.x, low.y)), part.x),
    mix(${name}Texel(ivec2(low.x, high.y)), ${name}Texel(high), part.x),
    part.y);`
      : `vec4 texel = texture(${name}, at / vec2(textureSize(${name}, 0)));
  return vec4(texel.rgb * texel.a, texel.a);`
  }
}
`;

export const fragmentShader = ({ source, result }: TileKinds): string => `#version 300 es
precision highp float;
precision highp int;
// 256 × 256: the level of code c at column c modulo 256, row c / 256.
uniform highp sampler2D levels;
uniform vec2 canvasSize;
uniform highp vec4 axes;
uniform highp vec2 shift;
uniform vec2 tileOrigin;
uniform float tileScale;
uniform bool smoothed;
uniform int mode;
// Of the residual; or the share.
uniform float gain;
uniform vec2 checkOrigin;
uniform float checkSide;
out vec4 colour;

const float EDGE = 1e-3;
${reader('source', source)}
${reader('result', result)}
void main() {
  vec2 pixel = vec2(gl_FragCoord.x, canvasSize.y - gl_FragCoord.y);
  vec2 turned = pixel - shift;
  vec2 upright = vec2(dot(axes.xy, turned), dot(axes.zw, turned));
  vec2 at = (upright - tileOrigin) / tileScale;
  float reach = 0.5 / tileScale;
  vec4 first = smoothed ? sourceInterpolated(at) : sourceArea(at, reach);
  if (mode != ${MODES.tile}) {
    vec4 second = smoothed ? resultInterpolated(at) : resultArea(at, reach);
    if (mode == ${MODES.residual}) {
      colour = vec4(0.5 + gain * (first.rgb - second.rgb), 1.0);
      return;
    }
    // Premultiplied: no colour exceeds alpha.
    first.rgb = clamp(mix(first.rgb, second.rgb, gain), 0.0, first.a);
  }
  vec2 square = floor((pixel - checkOrigin) / checkSide);
  float check = mod(square.x + square.y, 2.0) < 0.5 ? 0.36 : 0.46;
  colour = vec4(first.rgb + check * (1.0 - first.a), 1.0);
}`;

/**
 * The one shader program of the viewer.
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
in vec2 corner;
void main() {
  vec2 position = mix(quad.xy, quad.zw, corner) / canvasSize;
  gl_Position = vec4(position.x * 2.0 - 1.0, 1.0 - position.y * 2.0, 0.0, 1.0);
}`;

export const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D source;
uniform highp sampler2D result;
uniform vec2 canvasSize;
uniform vec2 tileOrigin;
uniform float tileScale;
uniform bool smoothed;
uniform bool residual;
uniform float gain;
uniform vec2 checkOrigin;
uniform float checkSide;
out vec4 colour;

const float EDGE = 1e-3;

// Premultiplied mean of the texels under the footprint, weighted by overlap.
vec4 area(highp sampler2D tile, vec2 at, float reach) {
  ivec2 last = textureSize(tile, 0) - 1;
  vec2 low = at - reach;
  vec2 high = at + reach;
  ivec2 first = clamp(ivec2(floor(low + EDGE)), ivec2(0), last);
  ivec2 end = clamp(ivec2(ceil(high - EDGE)) - 1, ivec2(0), last);
  if (first == end) {
    vec4 only = texelFetch(tile, first, 0);
    return vec4(only.rgb * only.a, only.a);
  }
  vec4 sum = vec4(0.0);
  float total = 0.0;
  for (int y = first.y; y <= end.y; y++) {
    float rows = min(high.y, float(y + 1)) - max(low.y, float(y));
    for (int x = first.x; x <= end.x; x++) {
      float weight = max(rows * (min(high.x, float(x + 1)) - max(low.x, float(x))), 1e-6);
      vec4 texel = texelFetch(tile, ivec2(x, y), 0);
      sum += vec4(texel.rgb * texel.a, texel.a) * weight;
      total += weight;
    }
  }
  return sum / total;
}

vec4 interpolated(highp sampler2D tile, vec2 at) {
  vec4 texel = texture(tile, at / vec2(textureSize(tile, 0)));
  return vec4(texel.rgb * texel.a, texel.a);
}

void main() {
  vec2 pixel = vec2(gl_FragCoord.x, canvasSize.y - gl_FragCoord.y);
  vec2 at = (pixel - tileOrigin) / tileScale;
  float reach = 0.5 / tileScale;
  vec4 first = smoothed ? interpolated(source, at) : area(source, at, reach);
  if (residual) {
    vec4 second = smoothed ? interpolated(result, at) : area(result, at, reach);
    colour = vec4(0.5 + gain * (first.rgb - second.rgb), 1.0);
    return;
  }
  vec2 square = floor((pixel - checkOrigin) / checkSide);
  float check = mod(square.x + square.y, 2.0) < 0.5 ? 0.36 : 0.46;
  colour = vec4(first.rgb + check * (1.0 - first.a), 1.0);
}`;

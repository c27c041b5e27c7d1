// What camera and weather do to a scene: blur, exposure, white balance, haze and noise.
import type { Random } from '../../../src/training/random.js';
import type { Canvas } from './canvas.js';
import type { SceneOptions } from './scene.js';

/** The picture as 8-bit RGB; towards dusk it is darker, warmer and noisier. */
export function takePicture(random: Random, canvas: Canvas, { dusk, blur }: SceneOptions): Uint8Array {
  const softness = Math.hypot(random.uniform(0.25, 0.85), blur);
  blurCanvas(canvas, softness);
  const exposure = random.uniform(0.8, 1.35) * (1 - 0.55 * dusk);
  const gains = [
    exposure * random.uniform(0.94, 1.07) * (1 + 0.22 * dusk),
    exposure,
    exposure * random.uniform(0.92, 1.08) * (1 - 0.25 * dusk),
  ];
  const contrast = random.uniform(0.88, 1.2);
  const saturation = random.uniform(0.7, 1.15);
  const haze = random.chance(0.3) ? random.uniform(0, 22) : 0;
  const grain = random.uniform(1, 5) + 4 * dusk;
  // Drawing a normal number for each value of a large picture would take longer than all the rest.
  const draws = Float32Array.from({ length: 8192 }, () => random.normal(0, grain));
  const picture = new Uint8Array(canvas.rgb.length);
  let at = 0;
  for (let y = 0; y < canvas.height; y++) {
    let draw = random.integer(draws.length);
    for (let x = 0; x < canvas.width; x++) {
      const grey = ((canvas.rgb[at] ?? 0) + (canvas.rgb[at + 1] ?? 0) + (canvas.rgb[at + 2] ?? 0)) / 3;
      for (let channel = 0; channel < 3; channel++) {
        draw = (draw + 1) & 8191;
        const lit = (grey + saturation * ((canvas.rgb[at] ?? 0) - grey)) * (gains[channel] ?? 1);
        const value = (lit - 110) * contrast + 110 + haze * (1 - lit / 255) + (draws[draw] ?? 0);
        picture[at++] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return picture;
}

/** A separable Gaussian; at the edges the last pixel is repeated. */
function blurCanvas({ width, height, rgb }: Canvas, sigma: number): void {
  const kernel = gaussian(sigma);
  const radius = (kernel.length - 1) / 2;
  const stride = 3 * width;
  const smooth = new Float32Array(rgb.length);
  for (let y = 0; y < height; y++)
    for (let k = -radius; k <= radius; k++) {
      const weight = kernel[k + radius] ?? 0;
      const to = y * stride;
      const from = Math.min(height - 1, Math.max(0, y + k)) * stride;
      for (let i = 0; i < stride; i++) smooth[to + i] = (smooth[to + i] ?? 0) + weight * (rgb[from + i] ?? 0);
    }
  rgb.fill(0);
  for (let y = 0; y < height; y++)
    for (let k = -radius; k <= radius; k++) {
      const weight = kernel[k + radius] ?? 0;
      const to = y * stride;
      const first = Math.max(0, -3 * k);
      const end = Math.min(stride, stride - 3 * k);
      for (let i = 0; i < first; i++) rgb[to + i] = (rgb[to + i] ?? 0) + weight * (smooth[to + (i % 3)] ?? 0);
      for (let i = first; i < end; i++)
        rgb[to + i] = (rgb[to + i] ?? 0) + weight * (smooth[to + i + 3 * k] ?? 0);
      for (let i = end; i < stride; i++)
        rgb[to + i] = (rgb[to + i] ?? 0) + weight * (smooth[to + stride - 3 + (i % 3)] ?? 0);
    }
}

function gaussian(sigma: number): Float32Array {
  const radius = Math.max(1, Math.ceil(2 * sigma));
  const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

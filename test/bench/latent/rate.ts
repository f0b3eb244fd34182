/** Size against PSNR on the development photographs. */
import { benchImages, mean } from '../../quality.ts';
import type { SetResult, SetRun } from '../latent.ts';
import { bytesAt, deltaRate, type RatePoint } from './bd.ts';
import {
  latentCurves,
  peerCurve,
  peerNames,
  readPhoto,
  type LatentPoint,
  type Photo,
} from './curves.ts';
import { plot } from './plot.ts';

/** None of these was trained on. */
const photographs = async (every: number): Promise<Photo[]> => {
  const paths = [
    ...(await benchImages('gb82', /webp$/)),
    ...(await benchImages('large', /webp$/)),
    ...(await benchImages('cbsd68', /webp$/, 4)),
  ];
  return Promise.all(paths.filter((_, i) => i % every === 0).map(readPhoto));
};

const QUALITIES = [1, 8, 16, 24, 32, 40, 50, 60, 70, 80, 90, 100];
/** The range of the comparison, dB. */
const [LOW, HIGH] = [27, 40] as const;

interface Row {
  readonly photo: Photo;
  readonly latent: LatentPoint[];
  readonly peers: Readonly<Record<string, RatePoint[]>>;
}

export async function rateSet({ folder, every }: SetRun): Promise<SetResult> {
  const photos = await photographs(every);
  const latent = await latentCurves(photos, QUALITIES, folder);
  const rows: Row[] = [];
  for (const [i, photo] of photos.entries()) {
    const peers = Object.fromEntries(
      await Promise.all(
        peerNames.map(async (peer) => [peer, await peerCurve(photo, peer)] as const),
      ),
    );
    rows.push({ photo, latent: latent[i]!, peers });
  }
  return {
    blocks: new Map([
      ['rate', [againstPeers(rows), '', atQualities(rows), '', perPhoto(rows)].join('\n')],
      ['monotone', monotone(rows)],
    ]),
    data: rows.map(({ photo: { name, width, height }, latent: points, peers }) => ({
      name,
      width,
      height,
      latent: points,
      peers,
    })),
    files: new Map([['rate.svg', picture(rows)]]),
  };
}

const bpp = (photo: Photo, bytes: number): number => (8 * bytes) / photo.width / photo.height;
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} %`;

const compared = (rows: readonly Row[], peer: string) =>
  rows.flatMap(({ latent, peers }) => deltaRate(peers[peer]!, latent, LOW, HIGH) ?? []);

function againstPeers(rows: readonly Row[]): string {
  const lines = peerNames.map((peer) => {
    const found = compared(rows, peer);
    const percents = found.map(({ percent }) => percent);
    return `| ${peer} | ${signed(mean(percents))} | ${signed(Math.min(...percents))} | ${signed(Math.max(...percents))} | ${found.length} of ${rows.length} | ${mean(found.map((f) => f.from)).toFixed(1)}–${mean(found.map((f) => f.to)).toFixed(1)} dB |`;
  });
  return [
    '| latent files against | size at equal PSNR | best | worst | photographs | common range, mean |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** Mean over the photographs at equal quality numbers. */
function atQualities(rows: readonly Row[]): string {
  const lines = QUALITIES.map((quality, i) => {
    const points = rows.map(({ photo, latent }) => ({ photo, ...latent[i]! }));
    const level = mean(points.map((point) => point.psnr));
    const others = peerNames.map((peer) => {
      const sizes = rows.map(({ photo, latent, peers }) =>
        bpp(photo, bytesAt(peers[peer]!, latent[i]!.psnr)),
      );
      return sizes.every(Number.isFinite) ? mean(sizes).toFixed(2) : '–';
    });
    return `| ${quality} | ${level.toFixed(2)} | ${mean(points.map((p) => bpp(p.photo, p.bytes))).toFixed(3)} | ${others.join(' | ')} |`;
  });
  return [
    `| quality | PSNR dB | bits per pixel | ${peerNames.map((peer) => `${peer} of that PSNR`).join(' | ')} |`,
    `|---|---|---|${peerNames.map(() => '---|').join('')}`,
    ...lines,
  ].join('\n');
}

function perPhoto(rows: readonly Row[]): string {
  const lines = rows.map(({ photo, latent, peers }) => {
    const cells = peerNames.map((peer) => {
      const found = deltaRate(peers[peer]!, latent, LOW, HIGH);
      return found ? signed(found.percent) : '–';
    });
    return `| ${photo.name} | ${photo.width} × ${photo.height} | ${cells.join(' | ')} |`;
  });
  return [
    `| photograph | size | ${peerNames.map((peer) => `against ${peer}`).join(' | ')} |`,
    `|---|---|${peerNames.map(() => '---|').join('')}`,
    ...lines,
  ].join('\n');
}

/** A higher quality is never worse, and never more than 1 % smaller. */
function monotone(rows: readonly Row[]): string {
  const broken = rows.flatMap(({ photo, latent }) =>
    latent.slice(1).flatMap((point, i) => {
      const before = latent[i]!;
      return point.psnr < before.psnr || point.bytes < 0.99 * before.bytes
        ? [`${photo.name}: quality ${before.quality} to ${point.quality}`]
        : [];
    }),
  );
  const steps = rows.length * (QUALITIES.length - 1);
  return broken.length === 0
    ? `Of ${steps} steps from one quality to the next none is worse in PSNR or more than 1 % smaller.`
    : `Of ${steps} steps from one quality to the next ${broken.length} are worse in PSNR or more than 1 % smaller: ${broken.join('; ')}.`;
}

const COLOURS = ['#b0413e', '#d79a98', '#3b78b0', '#5a9a4a'];

/** Mean bits per pixel against mean PSNR over the photographs. */
function picture(rows: readonly Row[]): string {
  const curve = (pick: (row: Row) => readonly RatePoint[]) =>
    pick(rows[0]!).map((_, i) => {
      const points = rows.map((row) => ({ photo: row.photo, ...pick(row)[i]! }));
      return [
        mean(points.map((point) => bpp(point.photo, point.bytes))),
        mean(points.map((point) => point.psnr)),
      ] as const;
    });
  return plot(
    'PSNR against bits per pixel, mean of the development photographs',
    { x: 'bits per pixel, whole file', y: 'PSNR, dB' },
    [
      { name: 'Hourglass', colour: '#d08a1d', points: curve((row) => row.latent) },
      ...peerNames.map((peer, i) => ({
        name: peer,
        colour: COLOURS[i]!,
        points: curve((row) => row.peers[peer]!),
      })),
    ],
    { x: [0.1, 0.2, 0.5, 1, 2, 5], y: [24, 28, 32, 36, 40, 44] },
  );
}

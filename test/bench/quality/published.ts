/** Figures that others have published, quoted for comparison; not measured here. */

export interface Published {
  readonly method: string;
  readonly source: string;
  /** dB by level of white noise on CBSD68, levels known. */
  readonly psnr: Readonly<Record<15 | 25 | 50, number>>;
  /** Thousands of multiplications per pixel; none: not a network. */
  readonly kmac: readonly number[];
}

export const published: readonly Published[] = [
  {
    method: 'CBM3D',
    source: 'Dabov et al., ICIP 2007; figures as in the FFDNet paper',
    psnr: { 15: 33.52, 25: 30.71, 50: 27.38 },
    kmac: [],
  },
  {
    method: 'FFDNet',
    source: 'Zhang, Zuo, Zhang, TIP 2018',
    psnr: { 15: 33.87, 25: 31.21, 50: 27.96 },
    kmac: [213],
  },
  {
    method: 'CDnCNN',
    source: 'Zhang et al., TIP 2017; figures as in the FFDNet paper',
    psnr: { 15: 33.9, 25: 31.24, 50: 27.95 },
    kmac: [667],
  },
  {
    method: 'DRUNet',
    source: 'Zhang et al., TPAMI 2021',
    psnr: { 15: 34.3, 25: 31.69, 50: 28.51 },
    kmac: [2118],
  },
  {
    method: 'SCUNet, Restormer',
    source: 'Zhang et al., 2022; Zamir et al., CVPR 2022',
    psnr: { 15: 34.4, 25: 31.79, 50: 28.61 },
    kmac: [1202, 2150],
  },
];

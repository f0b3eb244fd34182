/** Luma of red, green and blue: Rec. ITU-R BT.601, as in JFIF's YCbCr. They sum to 1. */
export const LUMA = [0.299, 0.587, 0.114] as const;

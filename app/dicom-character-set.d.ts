/** Types of `dicom-character-set` 1.0.5, which brings none. */
declare module 'dicom-character-set' {
  /**
   * @param sets value of Specific Character Set (0008,0005)
   * @param bytes of one element's value @param options.vr its value representation, which says what resets the set
   */
  export function convertBytes(
    sets: string | undefined,
    bytes: Uint8Array,
    options?: { readonly vr?: string },
  ): string;
}

/** What is used of dcmjs, which brings no types. */
declare module 'dcmjs' {
  const dcmjs: {
    readonly data: {
      readonly DicomMessage: {
        readFile(
          file: ArrayBuffer,
          options: { readonly untilTag: string; readonly includeUntilTagValue: boolean },
        ): { readonly dict: Readonly<Record<string, { readonly Value?: readonly unknown[] }>> };
      };
    };
    readonly log: { setLevel(level: string): void };
  };
  export default dcmjs;
}

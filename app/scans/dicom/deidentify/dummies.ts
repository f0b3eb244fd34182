/** Values that mean nothing, by VR (PS3.5, 6.2), where the profile wants one that is not empty. */

const word = 'ANONYMIZED';

const texts: Readonly<Record<string, string>> = {
  ...{ AE: word, CS: word, LO: word, LT: word, PN: word, SH: word, ST: word, UC: word, UT: word },
  ...{ AS: '000Y', DA: '19000101', DT: '19000101000000', TM: '000000', DS: '0', IS: '0' },
  UR: 'urn:anonymized',
};

/** Bytes of one value; OB and UN have an even number. */
const sizes: Readonly<Record<string, number>> = {
  ...{ OB: 2, OW: 2, SS: 2, UN: 2, US: 2 },
  ...{ AT: 4, FL: 4, OF: 4, OL: 4, SL: 4, UL: 4 },
  ...{ FD: 8, OD: 8, OV: 8, SV: 8, UV: 8 },
};

/** Of any VR but SQ and UI. */
export const dummyOf = (vr: string): string | Buffer => texts[vr] ?? Buffer.alloc(sizes[vr] ?? 2);

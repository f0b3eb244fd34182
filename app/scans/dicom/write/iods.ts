/**
 * What derived objects of a SOP class have to say of themselves. Value 2 of Image Type is SECONDARY for most; the ones named
 * here take PRIMARY alone (found with dciodvfy 1.00~20220618: SECONDARY is an error there).
 */

const storage = '1.2.840.10008.5.1.4.1.1.';

/** SOP classes, without what all begin with. */
export const primaryClasses: readonly string[] = [
  '128', // PET
  '128.1', // legacy converted enhanced PET
  '130', // enhanced PET
  '20', // nuclear medicine
  '2.1', // enhanced CT
  '2.2', // legacy converted enhanced CT
  '4.1', // enhanced MR
  '4.3', // enhanced MR, colour
  '4.4', // legacy converted enhanced MR
  '13.1.1', // X-ray 3D, angiographic
  '13.1.2', // X-ray 3D, craniofacial
  '13.1.3', // breast tomosynthesis
  '77.1.5.1', // ophthalmic photography, 8 bits
  '77.1.5.2', // ophthalmic photography, 16 bits
  '77.1.5.4', // ophthalmic tomography
];

export const secondValueOf = (sopClass: string): 'PRIMARY' | 'SECONDARY' =>
  sopClass.startsWith(storage) && primaryClasses.includes(sopClass.slice(storage.length))
    ? 'PRIMARY'
    : 'SECONDARY';

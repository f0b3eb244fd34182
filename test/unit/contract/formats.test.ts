import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  acceptedFiles,
  extensionOf,
  formatOfName,
  extensionIn,
  formatsFor,
  formats,
  imageFormats,
  keptFormat,
  listed,
  outputFormats,
  photoLabels,
} from '../../../app/contract/index.ts';
import { repositoryRoot } from '../../data.ts';

it('knows each extension and each type once', () => {
  const all = Object.values(formats);
  const extensions = all.flatMap((format) => [...format.extensions]);
  expect(new Set(extensions).size).toBe(extensions.length);
  expect(new Set(all.map(({ mimeType }) => mimeType)).size).toBe(all.length);
  for (const format of imageFormats) expect(formatOfName(`a.${extensionOf(format)}`)).toBe(format);
});

it('knows a format by its name, in any case, and nothing else', () => {
  expect(['a.JPG', 'a.b.tiff', 'x.Hgl', 'a.jpe'].map(formatOfName)).toEqual([
    'jpeg',
    'tiff',
    'hgl',
    'jpeg',
  ]);
  expect(['jpg', '.jpg', 'a.', 'a.txt', 'a.jpg.bak'].map(formatOfName)).toEqual(
    Array(5).fill(null),
  );
});

it('knows extensions of two parts, and only those', () => {
  expect(['a.nii', 'a.b.NII.gz', 'a.tar.gz', '.nii.gz', 'a.gz'].map(formatOfName)).toEqual([
    ...(['nifti', 'nifti', null, null, null] as const),
  ]);
  expect(
    ['a.b.NII.gz', 'a.tar.gz', 'nii.gz', '{name}.{ext}', 'a', '.jpg'].map(extensionIn),
  ).toEqual([...(['NII.gz', 'gz', 'gz', '{ext}', '', ''] as const)]);
});

it('says which can be written, and what a file input may take', () => {
  expect(outputFormats).toEqual(['jpeg', 'png', 'tiff', 'webp', 'avif', 'dng', 'dicom', 'nifti']);
  expect(formatsFor('jpeg')).not.toContain('dng');
  const ofRaw = outputFormats.filter((format) => format !== 'nifti' && format !== 'dicom');
  expect([formatsFor('dng'), formatsFor('raw')]).toEqual([ofRaw, ofRaw]);
  expect(formatsFor('nifti')).toEqual([...formatsFor(null), 'nifti']);
  expect(formatsFor('dicom')).toEqual([...formatsFor(null), 'dicom']);
  expect([keptFormat('dicom'), keptFormat('dicom', 40)]).toEqual(['dicom', 'tiff']);
  expect([formatsFor(null).includes('nifti'), keptFormat('nifti')]).toEqual([false, 'nifti']);
  expect(acceptedFiles.split(',')).toEqual(expect.arrayContaining(['image/tiff', '.tif', '.hgl']));
  expect(photoLabels).toBe(
    'JPEG, PNG, TIFF, WebP, AVIF, GIF, DNG, camera raw, JPEG XL, JPEG 2000, DICOM and NIfTI',
  );
  expect([listed([], 'or'), listed(['a'], 'or'), listed(['a', 'b'], 'or')]).toEqual([
    '',
    'a',
    'a or b',
  ]);
});

it('says what a result is written as where nobody chose', () => {
  expect((['jpeg', 'gif', 'raw', 'dng', 'hgl'] as const).map(keptFormat)).toEqual([
    'jpeg',
    'png',
    'tiff',
    'tiff',
    'png',
  ]);
});

it('the packaged program opens every one of them', () => {
  const packaging = readFileSync(join(repositoryRoot, 'electron-builder.yml'), 'utf8');
  for (const { mimeType } of Object.values(formats))
    expect(packaging).toContain(`mimeType: ${mimeType}`);
});

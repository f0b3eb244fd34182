/** What state says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../app/contract/sentences/index.ts';

export const say = defineSentences('state', {
  // format
  fewSecondsLeft: 'a few seconds left',
  percent: '{number}\u00a0%',
  bytes: '{count, plural, one {#\u00a0byte} other {#\u00a0bytes}}',
  kilobytes: '{number}\u00a0kB',
  megabytes: '{number}\u00a0MB',
  gigabytes: '{number}\u00a0GB',
  terabytes: '{number}\u00a0TB',
  secondsLeft: '{seconds}\u00a0s left',
  minutesLeft: '{minutes}\u00a0min left',
  hoursLeft: '{hours}\u00a0h left',
  hoursMinutesLeft: '{hours}\u00a0h {minutes}\u00a0min left',
  sampleType:
    '{type, select, uint8 {8\u00a0bit} int16 {16\u00a0bit signed} float32 {32\u00a0bit float} other {16\u00a0bit}}',

  bitsOfFile: '{bits}\u00a0bit',

  // keys
  ctrl: 'Ctrl',
  shift: 'Shift',
  escape: 'Esc',

  // output
  writtenAsSeen:
    '{label} is written as the scan stands on the screen, in 8 bits, upright as it is stored: values beyond the window are black or white, and none can be measured in it.',
  deidentifiedElements:
    'What says who the patient is goes from the elements of the file. Text that was burned into the pixels stays, and so does what names of files and folders say.',
  writtenWithBitsPerSample:
    '{label} is written with {depth} bits per sample; the file has {stored}.',
  holdsNoTransparencyPictureWith:
    '{label} holds no transparency; a picture with transparent parts is refused.',
  noQualityToFit:
    '{label} keeps every pixel and has no quality to fit {size} with; the export will fail. Choose JPEG, WebP or AVIF, or take the size away.',
  lossyPixelsChangeLittleWhen: '{label} is lossy: pixels change a little when it is written.',
  onlyOfRaw: '{label} is written only of camera raw files; this one will be refused.',
  writtenAsWhichHoldsAll: 'Written as {label}, which holds all colours of this {format}.',
  nameEmpty: 'The name is empty.',
  nameHoldsNoFolderSlashes: 'A name holds no folder; slashes are not possible here.',
  notKnownThereAnd:
    "{unknown} is not known; there are '{'name'}', '{'ext'}', '{'model'}' and '{'n'}'.",
  nameOriginalWhichNeverTouched: 'This is the name of the original, which is never touched.',

  // preferences
  changeCouldNotRememberedFor: 'This change could not be remembered for the next start.',

  // session
  volumeNotRead: 'Stopped before all slices were read: they are shown as they were taken.',

  // words
  notImage: 'Not an image',
  damaged: 'Damaged',
  notSupported: 'Not supported',
  tooLarge: 'Too large',
  notFound: 'Not found',
  notReadable: 'Not readable',
  tookTooLong: 'Took too long',
  engineEnded: 'Engine ended',
  outOfMemory: 'Out of memory',
  nameTaken: 'Name is taken',
  notWritable: 'Not writable',
  wrongFormat: 'Wrong format',
  failed: 'Failed',
  exporting: 'Exporting {percent}',
  queued: 'Queued',
  reading: 'Reading {percent}',
  opening: 'Opening',
  cancelled: 'Cancelled',
  exported: 'Exported',
  changedSince: 'Changed since',
  cleaned: 'Cleaned',
  madeBy:
    '{done} on {device} by {title} {version}{precision, select, int8 { in 8-bit integers (int8)} other {}}.',
  addedByYou: '{title} (added by you)',
  waitsForOneBefore: 'Waits for the one before it.',
  readingFile: 'Reading the file, {percent}.',
  tryingOnPicture: 'Trying it on a picture…',
  addedAndCanChosenLike: 'Added as “{title}”, and can be chosen like any other.',
  cancelledNothingAdded: 'Cancelled. Nothing was added.',

  // networks
  networkAdded: '{title} was added.',
  networkRemoved: '{title} was removed.',
  networkNotAdded: '{name} was not added. {why}',

  // workbench
  settingsCopied: 'Settings copied: {settings}.',
  settingsCopiedNow: 'Settings copied.',
  settingsPasted:
    '{count, plural, one {Settings pasted to {name}} other {Settings pasted to # photos}}{known, select, yes {: {settings}} other {}}.',
  recalled:
    '{count, plural, one {{name} opens with the settings that it had last: {settings}} other {# photos open with the settings that they had last}}.',
  settingsNotRemembered: 'The last settings could not be remembered. {why}',
  presetNameEmpty: 'A preset needs a name.',
  presetNameTooLong: 'A name has at most {most} characters.',
  presetNameOdd: 'A name holds no line breaks and no control characters.',
  presetNameTaken: 'There is a preset “{name}” already.',
  presetsFull: 'There are {most} presets, which is as many as can be kept. Delete one first.',
  presetSaved: 'Preset “{preset}” saved.',
  presetsTaken:
    '{name}: {added, plural, =0 {no preset} one {# preset} other {# presets}} added{known, plural, =0 {} other {, # there already}}{left, plural, =0 {} other {, # left out (of a workspace that is not here, or more than can be kept)}}.',
  presetDeleted: 'Preset “{preset}” deleted.',
  presetStep: 'preset “{preset}”',
  presetApplied: 'Preset “{preset}” applied to {count, plural, one {{name}} other {# photos}}.',
  presetNotUnderstood:
    'Preset “{preset}” was not applied: it is of another version of Hourglass. Save it again under its name.',
  presetByItself: '{name}: preset “{preset}” applied, as it is used for {use}.',
  presetUse:
    '{way, select, camera {{camera}} iso {ISO {iso} and above} other {{camera}, ISO {iso} and above}}',
  keptLabel: 'Kept',
  keptResult: 'kept result',
  keptDropped: 'The kept result is let go. The picture is compared with the original again.',
  resultKept: 'Result kept ({words}). Change something: the new result stands beside it.',
  keptStep: 'settings of the kept result',
  exportedNothing: 'Nothing was exported: no folder was chosen.',
  undone: 'Undone: {what}, {count, plural, one {{name}} other {# photos}}.',
  redone: 'Done again: {what}, {count, plural, one {{name}} other {# photos}}.',
  removal: 'removed from the film strip',
  removed:
    '{count, plural, one {{name} was} other {# photos were}} removed from the film strip; undo brings {count, plural, one {it} other {them}} back.',
  engineEndedUnexpectedlyAndStarted: 'The engine ended unexpectedly and is started again.',
});

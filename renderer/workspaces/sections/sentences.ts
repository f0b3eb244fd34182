/** What the sections of the settings dialog say, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('sections', {
  // SettingsFileSection
  allSettings: 'All settings together',
  allSettingsAbout:
    'As a file for another machine, presets included. Not in it: folders of this machine, what photos were given, and passwords, which are kept nowhere.',
  readSettings: 'Take settings from a file…',
  saveSettings: 'Save settings as a file…',
  settingsSaved: 'Settings saved.',
  settingsTaken:
    'Settings taken from {name}.{added, plural, =0 {} one { # preset was added.} other { # presets were added.}}{left, plural, =0 {} one { Left out, because it is not known here: {names}.} other { Left out, because they are not known here: {names}.}}',

  // UpdatesSection
  newerVersions: 'Newer versions',
  newerVersionsAbout:
    'Hourglass asks nobody for newer versions by itself. Before it does, it says whom, and asks you.',
  newerVersionsOfPage:
    'Hourglass on a page looks for no newer versions: one comes the way this one came.',
  remindUpdates: 'Ask me once in a month whether it shall look',

  // PhotoMemorySection
  settingsOfPhotos: 'Settings of photos',
  settingsOfPhotosAbout:
    'A photo opens with the settings that it had last. It is known by what is in the file; neither its name nor its folder is kept.',
  rememberSettings: 'Remember settings with each photo',
  rememberedOf:
    '{count, plural, =0 {Nothing is remembered.} one {Remembered of # photo.} other {Remembered of # photos.}}',
  forgetThem: 'Forget them',

  // PresetsSection
  readPresets: 'Add presets from a file…',
  savePresets: 'Save presets as a file…',
  presetsSaved: '{count, plural, one {# preset} other {# presets}} saved.',
  presets: 'Presets',
  presetsAbout:
    'Settings under a name. One can be given by itself to photos of a camera, or from an ISO on, that have no settings of their own; the most specific wins.',
  noPresets: 'There are none yet: “Save…” beside Preset in the inspector makes one.',
  usedFor: 'Given by itself to',
  usedForNothing: 'Nothing',
  openOneToChoose: 'Open a photo to choose its camera or ISO.',
  deletePreset: 'Delete',
  deletePresetNamed: 'Delete preset “{name}”',
  presetNameOf: 'Name of preset “{name}”',
  usedForOf: 'What preset “{name}” is given to by itself',
});

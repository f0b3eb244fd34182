/** What the Explore workspace says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('exploring', {
  invitation: 'See what is in a folder',
  becomes: 'opened in the film strip',

  // ExploreView
  about:
    'Pictures that look alike, pictures that are one, pictures that are unlike the good ones, and a map of all of them. They are compared on this computer, and nothing is deleted or moved.',
  chooseFolder: 'Choose a folder…',
  useStrip:
    '{count, plural, one {Use the # photo of the film strip} other {Use the # photos of the film strip}}',
  noFolders:
    'A browser shows a page no folders: open photos in the film strip first, and come back. A folder is explored in Hourglass’ window, or on the command line:',
  commandLine: 'hourglass map FOLDER',
  noExploring:
    'Pictures are explored in Hourglass’ own window, not while files of another program are edited.',
  cancel: 'Cancel',

  // ExploreHead
  picturesFrom: '{count, plural, one {# picture} other {# pictures}}: {from}',
  otherFolder: 'Other folder…',
  stripInstead: '{count, plural, one {Photo of the film strip} other {# photos of the film strip}}',
  question: 'Question',
  similar: 'Similar',
  unusual: 'Unusual',
  map: 'Map',
  walking: 'Reading the folder…',
  admitting: 'Reading the folder: {done} of {of}',
  beginning: 'Beginning…',
  looking: '{done} of {of}: {name}',
  progress: 'How far it is',
  leftOut: '{count, plural, one {# picture is left out} other {# pictures are left out}}',
  leftOutOne: '{name}: {reason}',

  // answers
  same: 'the same picture',
  percent: '{percent} %',
  mirrored: '{text}, mirrored',
  verdict: '{verdict, select, unusual {unusual} usual {usual} unmatched {no near copy} other {}}',
  places: '{count, plural, one {# place} other {# places}}',
  similarAsked: 'Which pictures look like one, or are the same one in another size, crop or edit?',
  unusualAsked:
    'Which pictures are unlike the good ones, and where? Only good pictures are needed to learn from.',
  mapAsked: 'Which pictures are there? Those that look alike lie together, in clusters.',
  groupsFound:
    '{count, plural, =0 {No picture is there twice.} one {# group of pictures that are one, in other sizes, crops or edits.} other {# groups of pictures that are one, in other sizes, crops or edits.}}',
  group: 'Group {number}',
  noneSimilar: 'Nothing looks more like {name} than the least that is asked for.',
  similarFound:
    '{isPart, select, true {Like a part of {name}} other {Like {name}}}{named, select, true {, by {by}} other {}}: {above, plural, one {# picture} other {# pictures}}{same, plural, =0 {} other {, # of them the same one}}.',
  judged:
    '{count, plural, one {# picture} other {# pictures}} judged by {good, plural, one {# good one} other {# good ones}}, {mode, select, template {beside near copies} reconstruction {by what {by} can not give back} other {by small parts}}.',
  flagged: '{count, plural, =0 {None is unusual.} one {# is unusual.} other {# are unusual.}}',
  promise:
    'Asked for {falseAlarms} % of false alarms, it is between {low} and {high} % in nine of ten such cases.',
  mapSoFar:
    '{layout, select, pca {By the two directions in which they differ most; neighbours are being found…} other {Neighbours are being laid together…}}',
  mapHalf:
    '{layout, select, pca {By the two directions in which they differ most: laying neighbours together was cancelled.} other {Not laid out to the end: it was cancelled.}}',
  mapDone:
    '{count, plural, one {# picture} other {# pictures}} in {clusters, plural, one {# cluster} other {# clusters}}{layout, select, pca {, by the two directions in which they differ most} other {}}.',

  // SimilarPanel
  lookFor: 'What is looked for',
  cutoff: 'At least',
  cutoffHelp: 'More alike than this share of all pairs. The same picture is always named.',
  likeFront: 'Find what looks like it',
  likePart: 'Find what looks like the part',
  partWhole: 'All of it is looked for. Drag over it to look for a part.',
  partIs: 'A part of {width} × {height} % of it, {x} % from the left and {y} % from the top.',
  partPicker:
    'Part that is looked for. {part} Arrow keys move it, with Shift they make it larger or smaller, Escape takes all.',
  partAll: 'Look for all of it',
  comparedBy: 'Compared by',
  byLooks: 'Looks',
  noNetworks:
    'Networks that you train in Learn can be asked here too: all kinds but those that clean, and to judge those that give a picture back.',

  front: 'The photo in front: {name}',
  likePicture: 'Find similar ones',
  findGroups: 'Find pictures that are one',
  noFront: 'A photo in the film strip can be looked for here.',

  // UnusualPanel
  good: 'Good pictures',
  goodOthers: 'Each picture is judged by the others.',
  goodChosen: 'Judged by {count, plural, one {# picture} other {# pictures}}: {from}',
  goodFolder: 'Choose a folder of good ones…',
  goodStrip:
    '{count, plural, one {The photo of the film strip} other {The # photos of the film strip}}',
  goodSelected:
    '{count, plural, one {The picture that is selected} other {The # that are selected}}',
  goodNone: 'Judge by the others',
  fine: 'This is fine: learn from it',
  fineOnes:
    '{count, plural, one {# of the pictures is called fine} other {# of the pictures are called fine}}, and learnt from too the next time.',
  judgedBy: 'Judged by',
  byParts: 'Small parts, or near copies',
  falseAlarms: 'False alarms',
  falseAlarmsHelp: 'How many of 100 fresh good pictures may be called unusual.',
  findUnusual: 'Find unusual ones',

  // ColourPanel
  colours: 'Colours',
  colouredBy: 'Coloured by',
  colouring:
    '{by, select, score {How unusual they are} camera {Camera} noise {Noise} other {Cluster}}',
  scoreFirst: 'Find unusual ones first: their scores colour the map.',
  factsFirst:
    '{noise, select, true {Every picture is read whole, and its noise measured: a second each or so.} other {Every picture is read for the camera that its file names.}}',
  readFacts: 'Read the pictures',
  rangeMeans:
    '{by, select, score {Scores, as Unusual tells them; the brighter, the more unusual.} other {Noise in levels of 255; the brighter, the more.}} Pictures of which nothing is known are gray.',
  noCameras: 'No file says which camera took it.',
  camera: '{name}: {count, plural, one {# picture} other {# pictures}}',

  // MapPanel
  clusters: 'Clusters',
  clusterCount: 'Number',
  clusterAuto: 'As many as fit',
  makeMap: 'Make the map',
  cluster: 'Cluster {number}, like {name}',
  clusterSize: '{count, plural, one {# picture} other {# pictures}}',
  selectCluster:
    'Select cluster {number}, {count, plural, one {# picture} other {# pictures}} like {name}',

  // MapView
  mapLabel: 'Map of {count, plural, one {# picture} other {# pictures}}',
  mapKeys:
    'Arrow keys go to the next picture that way, Space selects it, Enter opens it; plus and minus zoom, 0 shows all.',
  dragMode: 'What dragging does',
  move: 'Move',
  select: 'Select',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  showAll: 'All',
  pointed: '{name}{cluster, plural, =0 {} other {, cluster #}}',

  // PictureGrid
  results: 'Pictures that were found',
  captioned: '{name}: {caption}',

  // PicturePanel
  heatMap: 'Heat map',
  heatNone: 'Of this picture there is no heat map: only the most unusual ones have one.',
  heatSays:
    'Heat map: the highest is {peak}, at {x} % of the width and {y} % of the height; {share} % of the picture is at 1 or above.',
  heatEnd: '≥ {level}',
  heatMeans:
    'The same scale in every picture. 1: {mode, select, template {a tenth of the range from black to white} other {what one in a hundred places of good pictures reaches}}. From {edge} on (the white mark) a place is framed.',
  picture: 'Picture',
  open: 'Open',
  openWords: 'Opens it in the film strip, for every workspace',
  selection: 'Selected',
  selectedWords: '{count, plural, one {# picture} other {# pictures}}',
  openSelected: 'Open in the film strip',
  clearSelection: 'Select none',
});

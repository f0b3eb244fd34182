// The manual page of the command line, section 1, from the contract: what `build/docs.mjs` writes as build/resources/hourglass.1.
// Language: man(7) of groff and mandoc.

/** @typedef {{ flag: string, placeholder: string | null, default: string | null, description: string }} Flag */
/** @typedef {{ synopsis: string, summary: string, flags: readonly Flag[], examples: readonly string[] }} Verb */

/** As it is printed: a backslash, a hyphen that is typed, and a line that would be a request. @param {string} text */
const escaped = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('\n', ' ')
    .replace(/^([.'])/, '\\&$1');

/** @param {string} text */
const bold = (text) => `\\fB${escaped(text)}\\fR`;
/** @param {string} text */
const italic = (text) => `\\fI${escaped(text)}\\fR`;

/** @param {Flag} flag */
const flagText = ({ flag, placeholder, default: usual, description }) =>
  [
    '.TP',
    bold(flag) + (placeholder === null ? '' : ` ${italic(placeholder)}`),
    escaped(description) + (usual ? ` (default: ${escaped(usual)})` : ''),
  ].join('\n');

/** @param {Verb} verb */
const verbText = ({ synopsis, summary, flags, examples }) =>
  [
    `.SS ${escaped(synopsis)}`,
    escaped(summary),
    ...flags.map(flagText),
    ...(examples.length > 0
      ? ['.PP', 'Examples:', '.PP', '.nf', '.RS', ...examples.map(escaped), '.RE', '.fi']
      : []),
  ].join('\n');

/**
 * @param {{ verbs: readonly Verb[], watch: Verb, exitCodes: readonly (readonly [string, string])[] }} facts
 * @returns {string}
 */
export function manPage({ verbs, watch, exitCodes }) {
  return `.\\" Made by \`npm run docs\` from app/contract. Change it there, not here.
.TH HOURGLASS 1 "" "Hourglass" "User commands"
.SH NAME
hourglass \\- cleans (denoises) and compresses images with autoencoders, offline
.SH SYNOPSIS
.B hourglass
.I command
.RI [ options ]
.RI [ files,\\ folders,\\ globs... ]
.SH DESCRIPTION
Without a command the window opens. Several files are several jobs: one failure does not stop the others. The original is never
overwritten, another existing file only with
.BR \\-\\-overwrite .
Nothing is sent anywhere unless a command says that it does.
.PP
With
.B \\-\\-json
and always when standard output is not a terminal, commands over files print one JSON object per line; words for people go to standard
error.
.SH COMMANDS
${[...verbs, watch].map(verbText).join('\n')}
.SH EXIT STATUS
${exitCodes.map(([code, meaning]) => `.TP\n.B ${code}\n${escaped(meaning)}`).join('\n')}
.SH ENVIRONMENT
.TP
.B HOURGLASS_LANGUAGE
Language of what is said, as a tag such as
.BR de .
.TP
.B NO_COLOR
No colours on the terminal.
.SH FILES
.TP
.I ~/.config/hourglass
Settings and presets
.RB ( XDG_CONFIG_HOME ).
.TP
.I ~/.local/share/hourglass/models
Networks that were added or trained
.RB ( XDG_DATA_HOME ).
.TP
.I ~/.cache/hourglass
What can be made again
.RB ( XDG_CACHE_HOME ).
.SH NOTES
Not for diagnosis.
`;
}

/**
 * `hourglass completion`: scripts that complete commands, flags and values in bash, zsh, fish and PowerShell, made from
 * the grammar of the command line. They ask nobody at run time: starting the program at each press of Tab would be felt.
 */
import type { Shell } from '../../contract/completion.ts';
import { say } from './sentences.ts';
import type { CommandWords, OptionWords } from './usage.ts';

/** @returns the script, with a comment that says where it goes */
export const completionScript = (shell: Shell, commands: readonly CommandWords[]): string =>
  makers[shell](commands);

const makers: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash,
  zsh,
  fish,
  powershell,
};

/** For all four alike. */
const topFlags = [
  { flag: '--help', description: () => say('printHelp') },
  { flag: '--version', description: () => say('printVersion') },
] as const;

const places: Readonly<Record<Shell, string>> = {
  bash: '~/.local/share/bash-completion/completions/hourglass',
  zsh: '$fpath[1]/_hourglass',
  fish: '~/.config/fish/completions/hourglass.fish',
  powershell: '$PROFILE',
};
const head = (shell: Shell): string =>
  `# ${say('completionHead', { shell, place: places[shell] })}`;

const namesOf = ({ long, short }: OptionWords): string[] => (short ? [short, long] : [long]);
const flagsOf = ({ options }: CommandWords): string[] => [...options.flatMap(namesOf), '--help'];
/** One line, short enough for a list beside what is typed. */
const line = (text: string): string => {
  const [first = ''] = text.split(/(?<=\.)\s|\n/);
  return first.length > 90 ? `${first.slice(0, 89).trimEnd()}…` : first;
};
/** In single quotes of a POSIX shell, of fish, of PowerShell. */
const posix = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const fishQuoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const powershellQuoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const bashWords = ({ values, takesFiles }: Pick<CommandWords, 'values' | 'takesFiles'>): string =>
  values.length === 0 && takesFiles ? '-f' : `-W ${posix(values.join(' '))}`;

function bash(commands: readonly CommandWords[]): string {
  const words = [...commands.map(({ word }) => word), ...topFlags.map(({ flag }) => flag)];
  const cases = commands.map((command) => {
    const taking = command.options.filter(({ takesValue }) => takesValue);
    const values = taking.map(
      (option) =>
        `      ${namesOf(option).join('|')}) COMPREPLY=($(compgen ${bashWords(
          option,
        )} -- "$current")); return ;;`,
    );
    return `    ${command.word})
      case $before in
${values.join('\n')}
      esac
      if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W ${posix(flagsOf(command).join(' '))} -- "$current"))
      else
        COMPREPLY=($(compgen ${bashWords(command)} -- "$current"))
      fi ;;`;
  });
  return `${head('bash')}
_hourglass() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${posix(words.join(' '))} -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
}
complete -o filenames -F _hourglass hourglass
`;
}

function zsh(commands: readonly CommandWords[]): string {
  // In a specification of _arguments brackets and colons have a meaning.
  const plain = (text: string): string => line(text).replace(/[[\]:]/g, (sign) => `\\${sign}`);
  const spec = (option: OptionWords): string[] =>
    namesOf(option).map((name) => {
      const value = !option.takesValue
        ? ''
        : option.values.length > 0
          ? `:value:(${option.values.join(' ')})`
          : option.takesFiles
            ? ':value:_files'
            : ':value:';
      return `        ${posix(`${name}[${plain(option.description)}]${value}`)}`;
    });
  const cases = commands.map((command) => {
    const rest =
      command.values.length > 0
        ? [`        ${posix(`1:value:(${command.values.join(' ')})`)}`]
        : command.takesFiles
          ? [`        ${posix('*:file:_files')}`]
          : [];
    return `    ${command.word})
      _arguments \\
${[...command.options.flatMap(spec), `        ${posix(`--help[${plain(say('printHelp'))}]`)}`, ...rest].join(' \\\n')} ;;`;
  });
  return `#compdef hourglass
${head('zsh')}
_hourglass() {
  local -a commands
  commands=(
${commands.map(({ word, summary }) => `    ${posix(`${word}:${line(summary)}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _hourglass ]]; then _hourglass "$@"; else compdef _hourglass hourglass; fi
`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap((command) => {
    const here = `complete -c hourglass -n ${fishQuoted(`__fish_seen_subcommand_from ${command.word}`)}`;
    return [
      `complete -c hourglass -n __fish_use_subcommand -f -a ${command.word} -d ${fishQuoted(line(command.summary))}`,
      ...(command.values.length > 0
        ? [`${here} -f -a ${fishQuoted(command.values.join(' '))}`]
        : []),
      ...command.options.map(({ long, short, description, takesValue, takesFiles, values }) =>
        [
          here,
          ...(short ? ['-s', short.slice(1)] : []),
          ...['-l', long.slice(2), '-d', fishQuoted(line(description))],
          ...(takesValue ? ['-r'] : []),
          ...(takesValue && !takesFiles ? ['-f'] : []),
          ...(values.length > 0 ? ['-a', fishQuoted(values.join(' '))] : []),
        ].join(' '),
      ),
    ];
  });
  const top = topFlags.map(
    ({ flag, description }) =>
      `complete -c hourglass -n __fish_use_subcommand -l ${flag.slice(2)} -d ${fishQuoted(description())}`,
  );
  return `${head('fish')}
${[...top, ...lines].join('\n')}
`;
}

function powershell(commands: readonly CommandWords[]): string {
  const list = (words: readonly string[]): string => `@(${words.map(powershellQuoted).join(', ')})`;
  const entries = commands.map((command) => {
    const values = command.options
      .filter((option) => option.values.length > 0)
      .flatMap((option) =>
        namesOf(option).map((name) => `${powershellQuoted(name)} = ${list(option.values)}`),
      );
    return `  ${powershellQuoted(command.word)} = @{
    Flags = ${list(flagsOf(command))}
    Words = ${list(command.values)}
    Values = @{ ${values.join('; ')} }
  }`;
  });
  return `${head('powershell')}
$hourglassCommands = @{
${entries.join('\n')}
}
Register-ArgumentCompleter -Native -CommandName hourglass -ScriptBlock {
  param($word, $tree, $position)
  $typed = @($tree.CommandElements | ForEach-Object { $_.ToString() })
  $before = if ($word) { $typed[-2] } else { $typed[-1] }
  $command = if ($typed.Count -gt 1) { $hourglassCommands[$typed[1]] }
  $found = if (-not $command -or ($typed.Count -eq 2 -and $word)) { $hourglassCommands.Keys | Sort-Object }
    elseif ($command.Values.ContainsKey($before)) { $command.Values[$before] }
    elseif ($word.StartsWith('-')) { $command.Flags }
    else { $command.Words }
  $found | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

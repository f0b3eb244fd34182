import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  commands,
  defineCommand,
  outputFormats,
  type CommandDefinition,
} from '../../../app/contract/index.ts';
import { flagsOf } from '../../../app/hosts/cli/flags.ts';
import { listedCommands } from '../../../app/hosts/cli/listed.ts';
import { listPage } from '../../../app/hosts/cli/root.ts';
import { kebab } from '../../../app/hosts/shared/kebab.ts';
import { parseArguments, UsageError } from '../../../app/hosts/cli/usage.ts';

const example = defineCommand({
  id: 'example',
  title: 'Example',
  summary: 'Every kind of field.',
  runs: 'engine',
  slot: 'work',
  reads: { field: 'file', kinds: ['photo'], many: true },
  get input() {
    return z.object({
      file: z.string().describe('Where'),
      maxSide: z.number().int().min(1).max(99).default(50).describe('Side'),
      strength: z
        .union([z.literal('auto'), z.number().min(0).max(200)])
        .default('auto')
        .describe('Percent'),
      depth: z.enum(['8', '16']).default('8').describe('Bits'),
      force: z.boolean().default(false).describe('Force'),
      tidy: z.boolean().default(true).describe('Tidy up'),
      note: z.string().optional().describe('Note'),
      level: z.number().describe('Level'),
      part: z
        .object({ x: z.number(), y: z.number().min(0) })
        .optional()
        .describe('Part'),
    });
  },
  get output() {
    return z.object({});
  },
  cli: { examples: [] },
});

const verbs = Object.values<CommandDefinition>(commands).flatMap(({ id, cli }) =>
  cli ? kebab(id) : [],
);

const flag = (field: string) => flagsOf(example).find((one) => one.field === field)!;

describe('flags from a schema', () => {
  it('names them in kebab case and leaves the files out', () => {
    expect(kebab('maxMegapixels')).toBe('max-megapixels');
    expect(flagsOf(example).map((one) => one.flag)).toEqual([
      '--max-side',
      '--strength',
      '--depth',
      '--force',
      '--no-tidy',
      '--note',
      '--level',
      '--part',
    ]);
  });

  it('says what a value looks like, its default, and whether it must be given', () => {
    expect(flag('maxSide')).toMatchObject({ placeholder: '1–99', default: '50', required: false });
    expect(flag('strength')).toMatchObject({ placeholder: 'auto|0–200', default: 'auto' });
    expect(flag('depth')).toMatchObject({ placeholder: '8|16', default: '8' });
    expect(flag('force')).toMatchObject({ placeholder: null, default: null });
    expect(flag('note')).toMatchObject({ placeholder: 'text', default: null, required: false });
    expect(flag('level')).toMatchObject({ placeholder: 'number', required: true });
  });

  it('reads numbers where the schema has numbers, and leaves nonsense for validation', () => {
    expect(flag('maxSide').read('12')).toBe(12);
    expect(flag('maxSide').read('12 %')).toBe('12 %');
    expect(flag('maxSide').read('')).toBe('');
    expect(flag('strength').read('80%')).toBe(80);
    expect(flag('strength').read('auto')).toBe('auto');
    expect(flag('strength').read('much')).toBe('much');
    expect(flag('depth').read('16')).toBe('16');
    expect(flag('note').read('7')).toBe('7');
  });

  it('reads an object of numbers from a list in the order of its fields', () => {
    expect(flag('part')).toMatchObject({ placeholder: 'x,y', default: null, required: false });
    expect(flag('part').read('3, 40')).toEqual({ x: 3, y: 40 });
    for (const text of ['3', '3,', '3,4,5', '3,b', '']) expect(flag('part').read(text)).toBe(text);
  });

  it('can be made for every command of the command line', () => {
    for (const command of Object.values(commands as Record<string, CommandDefinition>)) {
      if (!command.cli) continue;
      for (const one of flagsOf(command)) expect(one.description, one.flag).not.toBe('');
    }
  });
});

const parse = (...args: string[]) => parseArguments(args, '1.2.3');
const text = (...args: string[]): string => {
  const parsed = parse(...args);
  return parsed.kind === 'text' ? parsed.text : `ran ${parsed.invocation.command}`;
};
const usage = (...args: string[]): string => {
  try {
    parse(...args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'no usage error';
};

describe('arguments', () => {
  it('of latent files are read like any others', () => {
    expect(parse('decode', 'a.hgl', '--region', '1,2,30,40')).toMatchObject({
      invocation: { input: { region: { x: 1, y: 2, width: 30, height: 40 } } },
    });
    expect(parse('encode', 'a.jpg', '--size', '500KB', '--clean', '80 %')).toMatchObject({
      invocation: { input: { size: '500KB', clean: 80 } },
    });
    expect(parse('info', 'a.hgl')).toMatchObject({
      invocation: { files: [], input: { source: 'a.hgl' } },
    });
    expect(usage('decode', 'a.hgl', '--region', '1,2,3')).toMatch(
      /an object of x, y, width, height for --region/,
    );
    expect(usage('encode', 'a.jpg', '--size', 'small')).toMatch(
      /text such as 500KB or 1.5MB for --size/,
    );
    expect(usage('verify', 'a.hgl', '--dry-run')).toMatch(/[Uu]nknown option/);
  });

  it('become the input of a command, with only what was typed', () => {
    expect(
      parse(
        'denoise',
        'a.jpg',
        'b/',
        '--strength',
        '80%',
        '--max-megapixels=50',
        '--overwrite',
        '--json',
      ),
    ).toMatchObject({
      kind: 'run',
      invocation: {
        command: 'denoise',
        files: ['a.jpg', 'b/'],
        input: { strength: 80, maxMegapixels: 50, overwrite: true },
        json: true,
        dryRun: false,
      },
    });
    const bare = parse('denoise', 'a.jpg');
    expect(bare.kind === 'run' && bare.invocation.input).toEqual({});
  });

  it('take a file whose name begins with a dash after --', () => {
    expect(parse('denoise', '--', '-odd.jpg')).toMatchObject({
      invocation: { files: ['-odd.jpg'] },
    });
  });

  it('take one value without a flag, under a name of two words', () => {
    expect(parse('add-model', 'mine.onnx', '--id', 'denoise-mine', '--json')).toMatchObject({
      kind: 'run',
      invocation: {
        command: 'addModel',
        files: [],
        input: { source: 'mine.onnx', id: 'denoise-mine' },
        json: true,
      },
    });
    expect(text('add-model', '--help')).toContain('Usage: hourglass add-model [options] <source>');
    expect(text('add-model', '--help')).not.toContain('--source');
  });

  it.each([
    [
      ['add-model', 'mine.onnx', '--id', 'upscale-mine'],
      'Expected text for --id but received "upscale-mine" of type string.',
    ],
    [
      ['add-model', 'a.onnx', 'b.onnx'],
      "Too many arguments for 'add-model'. Expected 1 argument but got 2.",
    ],
    [['remove-model'], "Missing required argument 'id'."],
    [
      ['denoise', 'a.jpg', '--detail', '500'],
      'Expected a number from 0 to 100 for --detail but received 500 of type number.',
    ],
    [
      ['denoise', 'a.jpg', '--quality', 'high'],
      'Expected an integer from 1 to 100 for --quality but received "high" of type string.',
    ],
    [
      ['denoise', 'a.jpg', '--format', 'bmp'],
      `Expected one of ${['keep', ...outputFormats].join(', ')} for --format but received "bmp" of type string.`,
    ],
    [
      ['denoise', 'a.jpg', '--max-megapixels', '0'],
      'Expected a number from 1 to 2000 for --max-megapixels but received 0 of type number.',
    ],
    [['train', 'photos/'], 'Expected text for --out, which was not given.'],
    [['denoise'], "Missing required argument 'files'."],
    [['denoise', 'a.jpg', '--sigmo', '3'], "Unknown option '--sigmo'. (Did you mean --sigma?)"],
    [['denoise', 'a.jpg', '--sigma'], "Option '--sigma <0–255>' argument missing."],
    [['devices', 'extra'], "Too many arguments for 'devices'. Expected 0 arguments but got 1."],
    [['denoize', 'a.jpg'], 'There is no command "denoize"; did you mean "denoise"?'],
    [
      ['photo.jpg'],
      `There is no command "photo.jpg"; the commands are ${[...verbs, 'watch'].join(', ')}.`,
    ],
    [['--nonsense'], "Unknown option '--nonsense'."],
  ])('%j is refused with one sentence', (args, sentence) => {
    expect(usage(...args)).toBe(sentence);
  });
});

describe('help', () => {
  it('lists the commands with what they do, and the exit codes', () => {
    for (const shown of [text(), text('--help'), text('-h')]) {
      expect(shown).toMatch(/denoise .*Cleans an image/);
      expect(shown).toMatch(/devices .*Checks each device/);
      expect(shown).toContain('Exit codes: 0 all good, 1 some files failed, 2 wrong usage, 130');
    }
  });

  it('of a command has every field of its schema, with range and default, and its examples', () => {
    const shown = text('denoise', '--help').replaceAll(/\s+/g, ' ');
    for (const one of flagsOf(commands.denoise)) expect(shown).toContain(one.flag);
    expect(shown).toContain('--strength <auto|0–200> Percent of the measured noise');
    expect(shown).toContain('(default: {dir}/{name}-clean.{ext})');
    expect(shown).toContain('--device <auto|cpu|webgpu|dml|coreml|cuda>');
    expect(shown).toContain('--dry-run');
    expect(shown).not.toContain('--index');
    for (const line of commands.denoise.cli!.examples) expect(shown).toContain(line);
  });

  it('of every command ends with the exit codes', () => {
    for (const word of verbs) expect(text(word, '--help'), word).toMatch(/\nExit codes: 0 .*\n$/s);
  });

  it('prints the version', () => {
    expect(text('--version')).toBe('1.2.3\n');
    expect(text('-V')).toBe('1.2.3\n');
  });
});

describe('the list of commands', () => {
  it('is the same page before the commands are loaded', () => {
    const page = listPage(listedCommands, '1.2.3', 90);
    expect(parseArguments(['--help'], '1.2.3', 90)).toEqual({ kind: 'text', text: page });
    expect(parseArguments([], '1.2.3', 90)).toEqual({ kind: 'text', text: page });
  });
});

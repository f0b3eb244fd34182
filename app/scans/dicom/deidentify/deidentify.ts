/**
 * The elements of a source without what says who the patient is (PS3.15, annex E), so that an object is derived from them as from any
 * other: what says what was done comes later, and stays. Pixels are not looked at.
 */
import type { DeidentifiedElements, FateAction, Retained } from '../../../contract/dicom-object.ts';
import { attributeOf, tagText } from '../dictionary.ts';
import { code } from '../write/code.ts';
import { PIXEL_DATA, readFile, type Element, type Encoding, type Item } from '../write/elements.ts';
import { ElementWriter, joined, type Piece, type Source } from '../write/encode.ts';
import { derivedUid } from '../write/uids.ts';
import { dummyOf } from './dummies.ts';
import { fateOf, type Fate } from './profile.ts';

export interface Deidentifying {
  /** Of the file, for sentences. */
  readonly name: string;
  readonly source: Source;
  readonly elements: readonly Element[];
  /** Of what is written. */
  readonly to: Pick<Encoding, 'explicit'>;
  readonly run: string;
  readonly retain: readonly Retained[];
}

/** Elements with all that is in them; one that is kept counts beside those of its items. */
export interface Counts {
  removed: number;
  replaced: number;
  kept: number;
}

export interface Deidentified {
  /** Little endian; elements are places in its bytes. No pixel data. */
  readonly source: Source;
  readonly elements: readonly Element[];
  readonly list: DeidentifiedElements;
}

const PATIENT_ID = 0x0010_0020;
const IDENTITY_REMOVED = 0x0012_0062;
const METHOD_CODES = 0x0012_0064;
const TIMES_MODIFIED = 0x0028_0303;

/** CID 7050. That text is clean: there is none but ours, and what the profile keeps. */
const always = [
  ['113100', 'Basic Application Confidentiality Profile'],
  ['113105', 'Clean Descriptors Option'],
] as const;
const options: Readonly<Record<Retained, readonly [value: string, meaning: string]>> = {
  uids: ['113110', 'Retain UIDs Option'],
  device: ['113109', 'Retain Device Identity Option'],
  institution: ['113112', 'Retain Institution Identity Option'],
  patient: ['113108', 'Retain Patient Characteristics Option'],
  dates: ['113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
};

/** UIDs that are the standard's and name no object: classes, syntaxes; of instances the frames of reference of atlases alone. */
const standardRoot = '1.2.840.10008.';
const standardFrames = '1.2.840.10008.1.4.';

/** The same for the same in a run, so that references of several files still meet. */
export const mappedUid = (run: string, uid: string): string => derivedUid(run, 'uid', uid);

const actionOf: Readonly<Record<Fate, FateAction>> = {
  ...{ kept: 'kept', removed: 'removed', emptied: 'emptied' },
  ...{ dummy: 'replaced', mapped: 'replaced' },
};

class Deidentifier {
  readonly #list = new Map<string, DeidentifiedElements[number]>();
  /** Tags of the sequences around. */
  readonly #around: string[] = [];
  readonly #from: Deidentifying;
  readonly #writer: ElementWriter;

  constructor(from: Deidentifying) {
    this.#from = from;
    this.#writer = new ElementWriter(from.source, from.to);
  }

  dataSet(): Piece[] {
    const { elements, source, retain } = this.#from;
    const writer = this.#writer;
    const ours = [IDENTITY_REMOVED, METHOD_CODES, TIMES_MODIFIED];
    const others = elements.filter(({ tag }) => tag !== PIXEL_DATA && !ours.includes(tag));
    const before = elements.find(({ tag }) => tag === METHOD_CODES);
    const chosen = Object.keys(options).filter((one) => retain.includes(one as Retained));
    const codes = [...always, ...chosen.map((one) => options[one as Retained])];
    return [
      ...this.#pieces(others, source.encoding, false),
      writer.made(IDENTITY_REMOVED, 'CS', 'YES'),
      writer.sequence(METHOD_CODES, [
        ...(before?.items ?? []).map((item) => this.#item(item, before!.inner, false)),
        ...codes.map(([value, meaning]) => code(writer, value, meaning)),
      ]),
      writer.made(TIMES_MODIFIED, 'CS', retain.includes('dates') ? 'UNMODIFIED' : 'REMOVED'),
    ];
  }

  /** @param emptied nothing of a value may stay, for the sequence around has to have a dummy */
  #pieces(elements: readonly Element[], within: Encoding, emptied: boolean): Piece[] {
    return elements.flatMap((one) => {
      const piece = this.#piece(one, within, emptied);
      return piece ? [piece] : [];
    });
  }

  #item({ elements }: Item, within: Encoding, emptied: boolean): Buffer {
    return this.#writer.item(this.#pieces(elements, within, emptied));
  }

  #piece(one: Element, within: Encoding, emptied: boolean): Piece | null {
    // Lengths of groups would be wrong.
    if ((one.tag & 0xffff) === 0) return null;
    const fate = this.#fateOf(one, emptied);
    this.#note(one.tag, actionOf[fate]);
    if (fate === 'removed') return null;
    const writer = this.#writer;
    const vr = vrOf(one);
    if (vr === 'SQ') {
      const isDummy = emptied || fate === 'dummy';
      this.#around.push(tagText(one.tag));
      const items = (fate === 'emptied' ? [] : (one.items ?? [])).map((item) =>
        this.#item(item, one.inner, isDummy),
      );
      this.#around.pop();
      return writer.sequence(one.tag, items);
    }
    if (fate === 'kept') return writer.copied(one, within);
    return writer.made(one.tag, vr, this.#replaced(one, vr, fate));
  }

  #note(tag: number, action: FateAction): void {
    const path = [...this.#around, tagText(tag)].join('/');
    const key = `${path} ${action}`;
    const known = this.#list.get(key);
    const keyword = attributeOf(tag)?.keyword ?? null;
    this.#list.set(key, { path, keyword, action, count: (known?.count ?? 0) + 1 });
  }

  get list(): DeidentifiedElements {
    return [...this.#list.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  #fateOf(one: Element, emptied: boolean): Fate {
    const fate = fateOf(one.tag, vrOf(one), this.#from.retain);
    if (fate === 'removed') return fate;
    // A sequence as bytes of an unknown VR: what is in it can not be looked at.
    if (vrOf(one) === 'SQ' && !one.items) return 'removed';
    return emptied && fate !== 'emptied' ? 'dummy' : fate;
  }

  #replaced(one: Element, vr: string, fate: Fate): string | Buffer {
    const value = this.#textOf(one);
    if (value === '' || fate === 'emptied') return '';
    const { run } = this.#from;
    if (vr === 'UI') {
      const stays = fate === 'mapped' ? standardFrames : standardRoot;
      const uids = value.split('\\').map((uid) => uid.trim());
      return uids
        .map((uid) => (uid === '' || uid.startsWith(stays) ? uid : mappedUid(run, uid)))
        .join('\\');
    }
    // Patients of a run stay apart: an archive would take those of one ID for one.
    if (one.tag === PATIENT_ID) return `ANON-${derivedUid(run, 'patient', value).slice(-12)}`;
    return dummyOf(vr);
  }

  #textOf({ value, end }: Element): string {
    return this.#from.source.bytes
      .toString('latin1', value, end)
      .replace(/[\0 ]+$/, '')
      .trim();
  }
}

/** As it is stored, or, where that says nothing, as PS3.6 has it. */
function vrOf({ tag, vr }: Element): string {
  const known = attributeOf(tag)?.vr ?? '';
  const says = vr === 'UN' || known === 'SQ' ? known || vr : vr;
  return /^[A-Z]{2}$/.test(says) ? says : 'UN';
}

export function deidentified(from: Deidentifying): Deidentified {
  const one = new Deidentifier(from);
  // As a file is, whose preamble and prefix are zeros.
  const bytes = Buffer.concat([Buffer.alloc(132), joined(one.dataSet())]);
  const encoding: Encoding = { ...from.to, littleEndian: true };
  const { elements } = readFile(bytes, from.name, encoding);
  return { source: { ...from.source, bytes, encoding }, elements, list: one.list };
}

/**
 * The list as it is of the object that was derived: what deriving leaves out was not kept, and neither was the value of what it makes
 * anew (instance and series, when it was created, whatever may be retained).
 * @param pieces of the object
 */
export function afterDeriving(
  { list, elements }: Pick<Deidentified, 'list' | 'elements'>,
  pieces: readonly Piece[],
  writer: ElementWriter,
): DeidentifiedElements {
  const written = new Map(pieces.map((piece) => [tagText(piece.tag), piece]));
  const before = new Map(elements.map((element) => [tagText(element.tag), element]));
  const actionNow = ({ path, action }: DeidentifiedElements[number]): FateAction => {
    const piece = written.get(path.split('/')[0]!);
    if (!piece) return 'removed';
    const element = before.get(path);
    if (action !== 'kept' || !element || element.items) return action;
    return piece.bytes.equals(writer.copied(element).bytes) ? 'kept' : 'replaced';
  };
  const merged = new Map<string, DeidentifiedElements[number]>();
  for (const one of list) {
    const action = actionNow(one);
    const key = `${one.path} ${action}`;
    merged.set(key, { ...one, action, count: one.count + (merged.get(key)?.count ?? 0) });
  }
  return [...merged.values()];
}

export function countsOf(list: DeidentifiedElements): Counts {
  const sum = (...actions: FateAction[]): number =>
    list.reduce((all, { action, count }) => all + (actions.includes(action) ? count : 0), 0);
  return {
    removed: sum('removed'),
    replaced: sum('emptied', 'replaced'),
    kept: sum('kept'),
  };
}

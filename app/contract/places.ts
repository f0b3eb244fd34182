/**
 * Where results go: each command that writes a file has a place, which is how a person wants such files (name,
 * folder, format) as it is remembered. Derived from the table of capabilities; what is remembered is
 * `preferences.ts`, and the page's choices are `renderer/state/output.ts`. The page is built with what comes of it, as data
 * (`renderer/vite.config.ts`): it loads no schemas.
 */
import * as z from 'zod';
import { commands, rolesOf, type CommandId, type Commands } from './commands.ts';

export type PlaceId = NonNullable<Commands[CommandId]['writes']>['place'];

export interface Place {
  readonly id: PlaceId;
  /** Template of the name as the command has it when nobody says anything, without a folder. */
  readonly name: string;
  /** A person chooses the format; else every file there has the same one, which no source has. */
  readonly choosesFormat: boolean;
  /** Sources of that command have a format that a picture can be written in again. */
  readonly keepsFormat: boolean;
}

function placeOf(command: CommandId): Place | null {
  const definition = rolesOf(command);
  const { reads, writes } = definition;
  if (!writes) return null;
  const field = definition.input.shape[writes.field] as z.ZodType;
  const usual = z.string().parse(field.parse(undefined));
  return {
    id: writes.place as PlaceId,
    name: usual.slice(usual.lastIndexOf('/') + 1),
    choosesFormat: writes.format === 'chosen',
    keepsFormat: reads?.kinds.includes('photo') ?? false,
  };
}

/** By their ids. */
export const places = Object.fromEntries(
  (Object.keys(commands) as CommandId[]).flatMap((command) => {
    const place = placeOf(command);
    return place ? [[place.id, place] as const] : [];
  }),
) as unknown as Readonly<Record<PlaceId, Place>>;

export const placeIds = Object.keys(places) as readonly PlaceId[];

/**
 * Which arguments an ICU text takes, read by the compiler: `{count, plural, one {# file} other {# files}}` of `{folder}` takes
 * `{ count: number; folder: string | number }`. Text and the branches of a plural or select alternate, so braces tell where one is.
 * Quoted braces (`'{'name'}'`) are text.
 */

type Value<Kind extends string> = Kind extends 'plural' | 'selectordinal' | 'number'
  ? number
  : Kind extends 'date' | 'time'
    ? Date | number
    : string | number;

type Trim<S extends string> = S extends ` ${infer R}` | `\n${infer R}`
  ? Trim<R>
  : S extends `${infer R} ` | `${infer R}\n`
    ? Trim<R>
    : S;

/** Inside of text, up to its end or the `}` that ends a branch. */
type InText<S extends string, Found> = S extends `${infer Before}{${infer After}`
  ? Before extends `${string}}${string}`
    ? S extends `${string}}${infer Rest}`
      ? InBranches<Rest, Found>
      : never
    : After extends `${infer Argument}}${infer Rest}`
      ? Argument extends `'${string}`
        ? InText<Rest, Found>
        : Argument extends `${infer Name},${infer Kind},${infer Branch}{${string}`
          ? After extends `${string},${string},${Branch}{${infer Inside}`
            ? InText<Inside, Found | [Trim<Name>, Value<Trim<Kind>>]>
            : never
          : Argument extends `${infer Name},${infer Kind}`
            ? InText<
                Rest,
                | Found
                | [Trim<Name>, Value<Kind extends `${infer K},${string}` ? Trim<K> : Trim<Kind>>]
              >
            : InText<Rest, Found | [Trim<Argument>, string | number]>
      : never
  : S extends `${string}}${infer Rest}`
    ? InBranches<Rest, Found>
    : Found;

/** Between the branches of a plural or select, up to the `}` that ends it. */
type InBranches<S extends string, Found> = S extends `${infer Before}{${infer Inside}`
  ? Before extends `${string}}${string}`
    ? S extends `${string}}${infer Rest}`
      ? InText<Rest, Found>
      : never
    : InText<Inside, Found>
  : S extends `${string}}${infer Rest}`
    ? InText<Rest, Found>
    : Found;

/** Pairs of name and type; an argument may stand in several. */
type Pairs<S extends string> = InText<S, never>;

type NameOf<Pair> = Pair extends [infer Name extends string, unknown] ? Name : never;
type TypeOf<Pair, Name> = Pair extends [Name, infer V] ? V : never;

/** `never` when there are none. */
export type NamesOf<S extends string> = NameOf<Pairs<S>>;

/** What stands as a number anywhere is a number everywhere. */
export type ArgumentsOf<S extends string> = {
  readonly [Name in NamesOf<S>]: [Extract<Pairs<S>, [Name, number]>] extends [never]
    ? TypeOf<Pairs<S>, Name>
    : number;
};

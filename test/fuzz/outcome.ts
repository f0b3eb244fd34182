/** What came of one input, and how it is told. */

export interface Failure {
  readonly kind: 'died' | 'hung' | 'slow' | 'memory' | 'threw' | 'left-files';
  readonly words: string;
}

/** `null`: an answer, or a refusal by name. */
export type Outcome = Failure | null;

export interface Limits {
  /** CPU time for one input, milliseconds: a busy machine makes nothing slow. */
  readonly cpuMs: number;
  /** How much one input may raise the process's memory, bytes. */
  readonly memoryBytes: number;
}

export const usualLimits: Limits = { cpuMs: 2000, memoryBytes: 256 * 1024 * 1024 };

/** Same fault, same text: numbers and quoted names differ from input to input. */
export const signatureOf = ({ kind, words }: Failure): string =>
  `${kind}: ${words.replace(/\d+/g, 'N').replace(/"[^"]*"/g, '"…"')}`;

/** To the child: work through inputs by number, or check one input. */
export type ToChild =
  | {
      readonly kind: 'run';
      readonly target: string;
      readonly long: boolean;
      readonly seed: number;
      readonly from: number;
      /** One past the last. */
      readonly to: number;
      /** Stop when this time has come, milliseconds since 1970. */
      readonly until: number;
      readonly limits: Limits;
    }
  | {
      readonly kind: 'check';
      readonly target: string;
      readonly input: Uint8Array;
      readonly limits: Limits;
    }
  /** Makes the input of a number and sends it back, without running it. */
  | {
      readonly kind: 'make';
      readonly target: string;
      readonly long: boolean;
      readonly seed: number;
      readonly index: number;
    };

export type FromChild =
  | {
      readonly kind: 'ran';
      readonly next: number;
      readonly tally: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'failed';
      readonly index: number;
      readonly failure: Failure;
      readonly tally: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'checked'; readonly outcome: Outcome }
  | { readonly kind: 'made'; readonly input: Uint8Array };

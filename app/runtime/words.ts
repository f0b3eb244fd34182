/** Native messages in words that a person can read: without source paths, in one line, bounded. */
import { say } from './sentences.ts';

export function plainWords(error: unknown): string {
  const raw = error instanceof Error ? error.message : String(error);
  const line = raw
    // "/onnxruntime_src/…/file.cc:136 some::function(…)::<lambda()> condition was false. The reason"
    .replace(/^[\s\S]* was false\.\s*/, '')
    .replace(/\S*onnxruntime_src\S*\s*/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line || say('withoutReason');
}

/** Programs beside ours: pixels in through stdin, pixels out through stdout, nothing on the disk. */
import { spawn } from 'node:child_process';

/**
 * @param started is told the process id
 * @returns what it wrote to stdout
 * @throws Error with the last lines of its stderr, or of an abort
 */
export function pipeThrough(
  program: string,
  args: readonly string[],
  input: Buffer,
  signal: AbortSignal,
  started?: (pid: number) => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { signal, stdio: 'pipe' });
    if (child.pid !== undefined) started?.(child.pid);
    const chunks: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks));
      else reject(new Error(`${program} ended with ${code}: ${said.trim()}`));
    });
    // A program that ends early does not read to the end; its exit code says more.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/**
 * Lets a run continue when the reader of its output has ended (`provision … | head`): no host is left half-way, and
 * nobody is there to read a stack trace.
 */
export function outliveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

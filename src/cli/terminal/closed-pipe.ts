/**
 * Lets a run go on when whoever read its output has gone (`provision … | head`): hosts aren't left half-way, and there
 * is nobody to read a stack trace.
 */
export function outliveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

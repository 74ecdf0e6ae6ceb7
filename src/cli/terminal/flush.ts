/** Waits until the output is written, or never will be. */
export async function flush(): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map(drain));
}

function drain(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writable) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}

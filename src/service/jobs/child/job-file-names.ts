/** Names of files in a job's folder. */
export const jobFileNames = {
  /** The process that runs it has made this one, with its id in it: no second one begins. */
  started: 'started',
  events: 'events.ndjson',
  /** Output of its process. */
  errors: 'errors.txt',
} as const;

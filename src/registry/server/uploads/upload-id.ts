const shape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns true for a text that can be the id of an upload: a UUID, as the server hands them out. */
export function isUploadId(text: string): boolean {
  return shape.test(text);
}

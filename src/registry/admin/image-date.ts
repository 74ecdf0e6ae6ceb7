/** Annotation with the date of an image (image-spec, annotations.md). */
export const createdAnnotation = 'org.opencontainers.image.created';

/** Reads a date, and returns it in ISO 8601; undefined for none. */
export function readDate(text: string | null | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || time <= 0 ? undefined : new Date(time).toISOString();
}

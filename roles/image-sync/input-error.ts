import { InputError, type WantedImages } from '../../src/index.js';

/** Makes the error of a list of images, at the place of an entry where one is given. */
export function inputError(message: string, hint: string, entry?: WantedImages): InputError {
  return new InputError([{ code: 'image-list', message, hint, place: entry?.place }]);
}

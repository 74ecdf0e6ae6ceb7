import { ApiError, type ApiProblem } from '../../kernel/api/api.js';

/** Returns what is wrong with a field, or with something in it; undefined: nothing. */
export function errorAt(problem: ApiProblem | undefined, pointer: string): string | undefined {
  const found = problem?.errors.filter((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`));
  if (found === undefined || found.length === 0) return undefined;
  return found
    .map((each) =>
      each.pointer === pointer ? each.detail : `${each.pointer.slice(pointer.length + 1)}: ${each.detail}`,
    )
    .join('; ');
}

/** Makes the refusal of a field that cannot be sent as it is. */
export function wrongField(pointer: string, detail: string): ApiError {
  return new ApiError({ status: 422, title: '', detail, errors: [{ pointer, detail }] });
}

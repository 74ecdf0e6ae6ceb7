import type { ApiTransport } from './api.js';

/** Sends requests to the API from the page. The header tells it from another site's. */
export const browserTransport: ApiTransport = async ({ method, path, body, headers }) => {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        'X-Provision': 'page',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return { status: 503, text: '{"title":"Offline"}', etag: '' };
  }
  return {
    status: answer.status,
    text: await answer.text(),
    etag: answer.headers.get('etag') ?? '',
    retryAfter: answer.headers.get('retry-after'),
  };
};

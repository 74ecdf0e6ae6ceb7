import { type IncomingHttpHeaders, request } from 'node:http';

/** Answer to one of the requests by which a client gets something. */
export interface FollowedAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Options of {@link follow}. */
export interface FollowOptions {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

const mostAnswers = 5;

/** Requests an address and follows redirects with the same method and headers, as clients do. @returns all answers, the last one last */
export async function follow(address: string, options: FollowOptions = {}): Promise<readonly FollowedAnswer[]> {
  const answers: FollowedAnswer[] = [];
  for (let url: string | undefined = address; url !== undefined && answers.length < mostAnswers; ) {
    const answer: FollowedAnswer = await ask(url, options);
    answers.push(answer);
    const { location } = answer.headers;
    url = location === undefined ? undefined : new URL(location, url).href;
  }
  return answers;
}

/** Requests an address. Bytes stay as they are sent. */
function ask(url: string, { method = 'GET', headers = {} }: FollowOptions): Promise<FollowedAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ url, status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

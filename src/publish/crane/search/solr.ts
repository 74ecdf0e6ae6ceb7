import { z } from 'zod';
import { tryBoundedJson } from '../../../registry/bounded-json.js';
import { askBackend, unreadableAnswer } from './ask-backend.js';
import { type SearchBackend, type SearchResult, usualResult } from './backend.js';

const document = z.looseObject({
  documentKind: z.string().nullish(),
  allTitle: z.string().nullish(),
  ir_description: z.string().nullish(),
  publishedAbstract: z.string().nullish(),
  ir_automated: z.boolean().nullish(),
  ir_official: z.boolean().nullish(),
  ir_stars: z.number().nullish(),
  c_pull_command: z.array(z.string()).nullish(),
});
const answer = z.object({ response: z.object({ docs: z.array(document) }) });

/** Makes a search that asks Solr. @param template address with `{0}` for the query */
export function solrSearch(template: string): SearchBackend {
  return {
    search: async (query) => {
      const quoted = encodeURIComponent(query).replaceAll('%2F', '/');
      const body = await askBackend(template.replaceAll('{0}', () => quoted));
      const parsed = answer.safeParse(tryBoundedJson(body));
      if (!parsed.success) throw unreadableAnswer('the answer of Solr is not of its form');
      return parsed.data.response.docs.flatMap(resultsOf);
    },
  };
}

/** Returns the results of a document: of certified software one for each command that pulls it. */
function resultsOf(found: z.output<typeof document>): SearchResult[] {
  const common = {
    description: found.ir_description ?? found.publishedAbstract ?? null,
    is_trusted: found.ir_automated ?? usualResult.is_trusted,
    is_official: found.ir_official ?? usualResult.is_official,
    star_count: found.ir_stars ?? usualResult.star_count,
  };
  if (found.documentKind === 'CertifiedSoftware') {
    const commands = found.c_pull_command ?? [];
    return commands.map((command) => ({
      name: command.replace('docker pull', '').trim(),
      ...common,
      should_filter: false,
    }));
  }
  const name = found.allTitle ?? '';
  return name === '' ? [] : [{ name, ...common, should_filter: found.documentKind === 'ImageRepository' }];
}

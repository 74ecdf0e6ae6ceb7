import { z } from 'zod';
import { askBackend, unreadableAnswer } from './ask-backend.js';
import { type SearchBackend, type SearchResult, usualResult } from './backend.js';

/*
 * A Google Search Appliance answers in XML: RES, in it an R for each result, in that MT for each of its fields.
 */

const field = z.object({ N: z.string().optional(), V: z.string().optional() });
const fields = z.object({ MT: z.array(z.union([field, z.string()])).optional() });
const results = z.object({ R: z.array(z.union([fields, z.string()])).optional() });
const root = z.object({ RES: z.union([results, z.string()]).optional() });

/** Makes a search that asks a Google Search Appliance. @param url its address, to which `q` is added */
export function gsaSearch(url: string): SearchBackend {
  return {
    search: async (query) => {
      const address = new URL(url);
      address.searchParams.set('q', query);
      return resultsIn(await askBackend(address.href));
    },
  };
}

async function resultsIn(xml: string): Promise<SearchResult[]> {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw unreadableAnswer('the answer of the appliance has a DOCTYPE');
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  if (XMLValidator.validate(xml) !== true) throw unreadableAnswer('the answer of the appliance is no XML');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    parseTagValue: false,
    ignoreDeclaration: true,
    isArray: (name) => name === 'R' || name === 'MT',
  });
  const document: unknown = parser.parse(xml);
  const parsed = z.record(z.string(), z.union([root, z.string()])).safeParse(document);
  if (!parsed.success) throw unreadableAnswer('the answer of the appliance is not of its form');
  const [top] = Object.values(parsed.data);
  const found = typeof top === 'object' && typeof top.RES === 'object' ? (top.RES.R ?? []) : [];
  return found.flatMap((each) => (typeof each === 'string' ? [] : resultOf(each)));
}

function resultOf({ MT = [] }: z.output<typeof fields>): SearchResult[] {
  let name: string | undefined;
  let description = '';
  for (const each of MT) {
    if (typeof each === 'string' || (each.N !== 'portal_name' && each.N !== 'portal_short_description')) continue;
    if (each.V === undefined) throw unreadableAnswer('a field in the answer of the appliance has no value');
    if (each.N === 'portal_name') name = each.V;
    else description = each.V;
  }
  return name === undefined ? [] : [{ name, description, ...usualResult }];
}

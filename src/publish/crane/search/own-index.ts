import { type SearchBackend, usualResult } from './backend.js';

/** Results at most. */
const most = 1000;

/** Makes a search over the names of the redirect files that are loaded. */
export function ownIndex(): SearchBackend {
  return {
    search: async (query, { tables }) => {
      const wanted = query.toLowerCase();
      const names = new Set([...tables.manifests.keys(), ...tables.images.keys()]);
      const found = [...names].filter((name) => name.toLowerCase().includes(wanted)).sort();
      return found.slice(0, most).map((name) => ({ name, description: '', ...usualResult }));
    },
  };
}

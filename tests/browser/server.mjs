// The server for development with the page of the tests at `/`, and an ear for what pages report.

import { ISOLATION, serve as listen } from '../../scripts/serve/server.mjs';
import { repositorySite } from '../../scripts/serve/sites.mjs';

const PAGE = '/tests/browser/pages/index.html';
const REPORT = '/report/';
const ERROR = '/error/';

/** The page, also under other names, with the headers that a test wants of its server. */
const PAGES = { '/': {}, '/isolated': ISOLATION, '/no-workers': { 'Content-Security-Policy': "worker-src 'none'" } };

/** Without it no worker of an isolated page may load a file. */
const FOR_WORKERS = { 'Cross-Origin-Embedder-Policy': ISOLATION['Cross-Origin-Embedder-Policy'] };

/**
 * @param {(path: string) => void} [report] called with the rest of the path of each request below /report/
 * @param {{ sites?: Function[], headers?: object }} [options] sites: asked before the repository
 * @returns {Promise<{ url: string, errors: string[], close: () => Promise<void> }>} errors: what pages did not catch
 */
export async function serve(report = () => {}, { sites = [], headers } = {}) {
  const errors = [];
  const ears = [[REPORT, report], [ERROR, (text) => { errors.push(text); }]];
  const listening = (path) => {
    if (process.env.CU_DEBUG === '1') console.log(path);
    const ear = ears.find(([prefix]) => path.startsWith(prefix));
    if (ear === undefined) return undefined;
    ear[1](path.slice(ear[0].length));
    return { body: '' };
  };
  const page = async (path) => (Object.hasOwn(PAGES, path) ? { ...await repositorySite(PAGE), headers: PAGES[path] } : undefined);
  const files = async (path) => {
    const answer = await repositorySite(path);
    return answer && { ...answer, headers: FOR_WORKERS };
  };
  const server = await listen({ sites: [listening, ...sites, page, files], headers });
  return { ...server, errors };
}

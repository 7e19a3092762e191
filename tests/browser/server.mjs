// The server for development with the page of the tests at `/`, and an ear for what pages report.

import { serve as listen } from '../../scripts/serve/server.mjs';
import { repositorySite } from '../../scripts/serve/sites.mjs';

const PAGE = '/tests/browser/pages/index.html';
const REPORT = '/report/';
const ERROR = '/error/';

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
  const page = (path) => (path === '/' ? repositorySite(PAGE) : undefined);
  const server = await listen({ sites: [listening, ...sites, page, repositorySite], headers });
  return { ...server, errors };
}

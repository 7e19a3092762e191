/** The panel of the home. */

import { walk } from '../actions/home.js';
import { whenChanged } from '../state.js';
import { homeView } from './content.js';
import { byId } from './elements.js';

export function showTheHome() {
  const show = homeView({ path: byId('path'), content: byId('home'), pages: byId('pages') }, walk);
  whenChanged(['path', 'page', 'storage'], ({ path, page, phase }) => show({ path, page, problem: phase === 'failed' ? 'The home is not open.' : undefined }));
}

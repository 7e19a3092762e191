/** Looking at the home of the page. */

import { Walk } from '../engine/walk.js';
import { change, state } from '../state.js';
import { current, report } from './session.js';

export const walk = new Walk({ engine: current, onShow: change, onError: report });

/** Reads again what is shown. */
export const showHome = () => walk.again();

/** Of another home: from its start. */
export function showNewHome() {
  change({ homes: state.homes + 1 });
  return walk.anew();
}

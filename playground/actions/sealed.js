/** Whether this browser has a home with a passphrase, as far as it remembers. */

import { remembered } from '../remembered.js';

export const FLAG = 'cu-encrypted';

export const isExpected = () => remembered(FLAG) !== null;

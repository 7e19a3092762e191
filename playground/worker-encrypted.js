/** The worker of a home with a passphrase: only who has one loads the cipher. */

import * as encryption from '../host-js/encrypted.js';
import { serve } from '../host-js/worker/serve.js';

serve({ encryption });

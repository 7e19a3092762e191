/** The worker of the home without a passphrase. */

import { serve } from '../../host-js/worker/serve.js';

serve();

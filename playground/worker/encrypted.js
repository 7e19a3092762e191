/** The worker of the home with a passphrase: only who has one loads the cipher. */

import { serve } from '../../host-js/worker/serve.js';
import { openSealed } from './sealed.js';

serve({ stores: { sealed: openSealed } });
